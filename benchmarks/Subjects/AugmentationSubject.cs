using System.Diagnostics;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Benchmarks.Subjects;

/// <summary>A loader that only augments: flip, crop and cutout of 3x32x32 images in a shuffled order, on its one background thread. A step is an image.</summary>
internal sealed class AugmentationSubject : IBenchmarkSubject
{
    private const int Images = 10_000;
    private const int BatchSize = 100;

    private readonly string _folder = Directory.CreateTempSubdirectory("onnx-pipeline-bench-").FullName;
    private readonly Dataset _dataset;
    private readonly BatchLoader _loader;
    private int _epoch;

    public AugmentationSubject()
    {
        _dataset = RandomImages();
        _loader = new BatchLoader(_dataset.Train, new BatchOptions
        {
            BatchSize = BatchSize,
            Shuffle = true,
            Augment = new AugmentOptions { HorizontalFlip = 0.5, CropPadding = 4, Cutout = 8 },
        });
        Run(2 * Images);
    }

    public string Name => "OnnxPipeline batch loader, 1 thread";

    public double Run(int steps)
    {
        var start = Stopwatch.GetTimestamp();
        for (var seen = 0; seen < steps;)
        {
            foreach (var batch in _loader.Epoch(_epoch++)) seen += batch.Count;
        }
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose()
    {
        _loader.Dispose();
        _dataset.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Dataset RandomImages()
    {
        var random = new CounterRandom(1, RandomPurpose.Sampling);
        var pixels = new byte[Images * 3 * 32 * 32];
        foreach (ref var pixel in pixels.AsSpan()) pixel = (byte)random.NextUInt32();
        DatasetWriter.Write(_folder, new DatasetContent
        {
            Name = "random",
            Labels = ["any"],
            Train = new SampleSet([new SampleTensor("image", DataKind.UInt8, [3, 32, 32], pixels)], new long[Images]),
        });
        return Dataset.Open(_folder);
    }
}
