using System.Diagnostics;
using OnnxPipeline.Benchmarks.Load;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Benchmarks.Subjects;

/// <summary>Whole processes of the command line, one after the other. A step is a process, from its start to what is awaited of it.</summary>
internal sealed class StartSubject : IBenchmarkSubject
{
    private readonly string _folder = Directory.CreateTempSubdirectory("onnx-pipeline-bench-").FullName;
    private readonly Func<string, double> _start;

    /// <param name="name">What is started.</param>
    /// <param name="start">Starts it in a folder with a model and an image, and gives the seconds.</param>
    private StartSubject(string name, Func<string, double> start)
    {
        (Name, _start) = (name, start);
        File.WriteAllBytes(Path.Combine(_folder, "model.onnx"), SmallCnn.Deployed(SmallCnn.Network()).ToBytes());
        File.WriteAllBytes(Path.Combine(_folder, "image.png"), PngEncoder.Encode(new Image(SmallCnn.Side, SmallCnn.Side, 1, SmallCnn.Pixels(1))));
        Run(2);
    }

    public string Name { get; }

    public static StartSubject Serve() => new("pipeline serve, to ready", folder =>
    {
        var start = Stopwatch.GetTimestamp();
        using var server = ServerProcess.Ours(Path.Combine(folder, "model.onnx"));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    });

    public static StartSubject Predict() => new("pipeline predict, to its end", folder =>
    {
        var start = Stopwatch.GetTimestamp();
        var (process, _) = LineProcess.Start([.. ServerProcess.Pipeline, "predict", Path.Combine(folder, "model.onnx"), Path.Combine(folder, "image.png")], Path.Combine(folder, "image.png"));
        using (process) process.WaitForExit();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    });

    public double Run(int steps)
    {
        var seconds = 0.0;
        for (var step = 0; step < steps; step++) seconds += _start(_folder);
        return seconds;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
