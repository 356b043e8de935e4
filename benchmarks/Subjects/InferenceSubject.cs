using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Compression.Pruning.Channels;
using OnnxPipeline.Compression.Pruning.Dependencies;
using OnnxPipeline.Models;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Benchmarks.Subjects;

/// <summary>A model in ONNX Runtime, on one batch of random images again and again. A step is a run.</summary>
internal sealed class InferenceSubject : IBenchmarkSubject
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly OrtValue _images;

    private InferenceSubject(string name, Model model, int batchSize, GraphOptimizationLevel optimization = GraphOptimizationLevel.ORT_ENABLE_ALL)
    {
        Name = name;
        _session = SessionFactory.Create(model.ToBytes(), new SessionSettings { Threads = 1, Optimization = optimization });
        _images = OrtValue.CreateTensorValueFromMemory(SmallCnn.Pixels(batchSize), [batchSize, 1, SmallCnn.Side, SmallCnn.Side]);
        Run(50);
    }

    public string Name { get; }

    /// <summary>The network of the default recipe as training leaves it, node by node.</summary>
    public static InferenceSubject Trained() => new("trained graph as it is", SmallCnn.Network(), batchSize: 1, GraphOptimizationLevel.ORT_DISABLE_ALL);

    /// <summary>The same, which ONNX Runtime folds when it opens it.</summary>
    public static InferenceSubject TrainedOptimized() => new("trained graph, optimised at load", SmallCnn.Network(), batchSize: 1);

    /// <summary>The same network exported.</summary>
    public static InferenceSubject Exported(int batchSize) => new("exported model", SmallCnn.Deployed(SmallCnn.Network()), batchSize);

    /// <summary>The same with every second channel taken out; which ones does not matter for the time.</summary>
    public static InferenceSubject Pruned(int batchSize)
    {
        var dense = SmallCnn.Network();
        var pruned = ChannelRemover.Remove(dense, DependencyAnalysis.Of(dense).Groups.SelectMany(group => group.Channels.Take(group.Channels.Count / 2)));
        return new InferenceSubject("exported model, half of its channels", SmallCnn.Deployed(pruned), batchSize);
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
}
