using System.Diagnostics;
using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Layers;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Benchmarks.Subjects;

/// <summary>Our "ort" engine on one batch of random samples, again and again, as the peers do it.</summary>
internal sealed class TrainingSubject : IBenchmarkSubject
{
    private const int Classes = 10;
    private readonly string _folder = Directory.CreateTempSubdirectory("onnx-pipeline-bench-").FullName;
    private readonly OptimizerOptions _optimizer;
    private readonly OrtEngine _engine;
    private readonly Dataset _dataset;
    private readonly BatchLoader _loader;
    private long _step;

    private TrainingSubject(Model model, long[] sample, int batchSize, OptimizerOptions optimizer, int warmup)
    {
        _optimizer = optimizer;
        _dataset = RandomSamples(model.Graph.Inputs[0], sample, batchSize);
        _loader = new BatchLoader(_dataset.Train, new BatchOptions { BatchSize = batchSize });
        _engine = new OrtEngine(model, new TrainOptions { Optimizer = optimizer }, seed: 1);
        Run(warmup);
    }

    public string Name => $"OnnxPipeline ort {Providers.Version}, {Environment.ProcessorCount} thread(s)";

    /// <summary>MLP 784-128-64-10, batch 32, Adam.</summary>
    public static TrainingSubject Mlp() => new(SmallMlp.Build(), [SmallMlp.Features], batchSize: 32, new AdamOptions(), warmup: 200);

    /// <summary>Six 3x3 convolutions (32, 32, 64, 64, 128, 128) with BatchNorm, three poolings, 3x32x32, batch 128, SGD.</summary>
    public static TrainingSubject Cnn()
    {
        var graph = new GraphBuilder("cnn");
        var x = graph.Input("x", ElementType.Float, "batch", 3, 32, 32);
        foreach (var filters in new[] { 32, 64, 128 })
        {
            for (var i = 0; i < 2; i++) x = graph.Relu(graph.BatchNorm2d(graph.Conv2d(x, filters, 3, padding: 1, bias: false)));
            x = graph.MaxPool2d(x, 2);
        }
        graph.Output(graph.Linear(graph.Flatten(x), Classes), "logits");
        return new TrainingSubject(graph.Build(), [3, 32, 32], batchSize: 128, new SgdOptions { LearningRate = 0.01, Momentum = 0.9 }, warmup: 3);
    }

    /// <summary>ResNet-18 for 32x32 images, batch 64, SGD.</summary>
    public static TrainingSubject ResNet18()
    {
        var model = ModelRegistry.Build(new ResNet18Options(), new ImageModelInput(3, 32, 32), Classes, seed: 1);
        return new TrainingSubject(model, [3, 32, 32], batchSize: 64, new SgdOptions { LearningRate = 0.01, Momentum = 0.9 }, warmup: 1);
    }

    public double Run(int steps)
    {
        foreach (var batch in _loader.Epoch(0))
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < steps; i++) _engine.Step(batch, new TrainingStep(++_step, _optimizer.LearningRate));
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        return 0;
    }

    public void Dispose()
    {
        _engine.Dispose();
        _loader.Dispose();
        _dataset.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Samples of the type and under the name of the model's input.</summary>
    private Dataset RandomSamples(Value input, long[] sample, int count)
    {
        var random = new CounterRandom(1, RandomPurpose.Sampling);
        var values = new float[count * sample.Aggregate(1L, (n, d) => n * d)];
        foreach (ref var value in values.AsSpan()) value = random.NextSingle();
        var bytes = input.Type!.Value.Element == ElementType.UInt8;
        var data = bytes ? Array.ConvertAll(values, value => (byte)(value * 255)) : MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        var labels = new long[count];
        foreach (ref var label in labels.AsSpan()) label = random.Next(Classes);
        DatasetWriter.Write(_folder, new DatasetContent
        {
            Name = "random",
            Labels = [.. Enumerable.Range(0, Classes).Select(c => $"{c}")],
            Train = new SampleSet([new SampleTensor(input.Name, bytes ? DataKind.UInt8 : DataKind.Float, sample, data)], labels),
        });
        return Dataset.Open(_folder);
    }
}
