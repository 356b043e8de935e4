using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Compression.Pruning.Channels;
using OnnxPipeline.Compression.Pruning.Dependencies;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Benchmarks.Subjects;

/// <summary>A model in ONNX Runtime, on one batch of random images again and again. A step is a run.</summary>
internal sealed class InferenceSubject : IBenchmarkSubject
{
    /// <summary>Of an image, in pixels.</summary>
    public const int Side = 28;

    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly OrtValue _images;

    private InferenceSubject(string name, Model model, int batchSize, GraphOptimizationLevel optimization = GraphOptimizationLevel.ORT_ENABLE_ALL)
    {
        Name = name;
        _session = SessionFactory.Create(model.ToBytes(), new SessionSettings { Threads = 1, Optimization = optimization });
        _images = OrtValue.CreateTensorValueFromMemory(RandomPixels(batchSize), [batchSize, 1, Side, Side]);
        Run(50);
    }

    public string Name { get; }

    /// <summary>The network of the default recipe as training leaves it, node by node.</summary>
    public static InferenceSubject Trained() => new("trained graph as it is", Network(), batchSize: 1, GraphOptimizationLevel.ORT_DISABLE_ALL);

    /// <summary>The same, which ONNX Runtime folds when it opens it.</summary>
    public static InferenceSubject TrainedOptimized() => new("trained graph, optimised at load", Network(), batchSize: 1);

    /// <summary>The same network exported.</summary>
    public static InferenceSubject Exported(int batchSize) => new("exported model", ExportedNetwork(), batchSize);

    /// <summary>The same with every second channel taken out; which ones does not matter for the time.</summary>
    public static InferenceSubject Pruned(int batchSize)
    {
        var dense = Network();
        var pruned = ChannelRemover.Remove(dense, DependencyAnalysis.Of(dense).Groups.SelectMany(group => group.Channels.Take(group.Channels.Count / 2)));
        return new InferenceSubject("exported model, half of its channels", Deployed(pruned), batchSize);
    }

    /// <summary>The exported network of the default recipe; its weights do not matter for the time.</summary>
    public static Model ExportedNetwork() => Deployed(Network());

    /// <summary>Grey images, one after the other.</summary>
    public static byte[] RandomPixels(int images)
    {
        var random = new CounterRandom(1, RandomPurpose.Sampling);
        var pixels = new byte[images * Side * Side];
        foreach (ref var pixel in pixels.AsSpan()) pixel = (byte)random.NextUInt32();
        return pixels;
    }

    public double Run(int steps)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < steps; i++)
        {
            using var outputs = _session.Run(_options, _session.InputNames, [_images], _session.OutputNames);
        }
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose()
    {
        _images.Dispose();
        _options.Dispose();
        _session.Dispose();
    }

    private static Model Deployed(Model model) => Exporter.Export(model, new ExportSettings { Labels = [.. Enumerable.Range(0, 10).Select(c => $"{c}")] }).Model;

    private static Model Network() => ModelRegistry.Build(
        new CnnOptions { Channels = [[16, 16], [32, 32], [64, 64]], Dropout = 0.05, GlobalPool = true },
        new ImageModelInput(1, Side, Side) { Mean = [72.9f], Std = [90f] }, ModelOutput.Classes(10), seed: 1);
}
