using System.Diagnostics;

namespace OnnxPipeline.Benchmarks.Scaling;

/// <summary>Something whose cost grows with a number of things, measured at several such numbers.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Sizes">Numbers of things.</param>
/// <param name="Prepare">Makes so many things in an empty folder, and gives what is timed.</param>
internal sealed record Growth(string Name, int[] Sizes, Func<string, int, Action> Prepare)
{
    /// <summary>Operations that the timed part does among so many things; one for each of them where it goes through all.</summary>
    public Func<int, int> Operations { get; init; } = things => things;

    /// <summary>Seconds at a size, after one run at a tenth of the first, which has the code compiled.</summary>
    public IEnumerable<(int Size, double Seconds)> Measure()
    {
        Time(Math.Max(1, Sizes[0] / 10));
        foreach (var size in Sizes) yield return (size, Time(size));
    }

    private double Time(int size)
    {
        var folder = Directory.CreateTempSubdirectory("onnx-pipeline-scaling-").FullName;
        try
        {
            var timed = Prepare(folder, size);
            var start = Stopwatch.GetTimestamp();
            timed();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
