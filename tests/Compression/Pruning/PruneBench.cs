using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Tests;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Loop;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Compression.Tests.Pruning;

/// <summary>Small images that are soon learnt, and a small network that has learnt them.</summary>
public sealed class PruneBench : IDisposable
{
    internal const int Classes = 4;
    private const int Side = 8;

    private readonly TempFolder _folder = new();

    public PruneBench()
    {
        DatasetWriter.Write(_folder.File("data"), new DatasetContent
        {
            Name = "stripes",
            Labels = [.. Enumerable.Range(0, Classes).Select(c => $"class {c}")],
            Train = Samples(240, 1),
            Validation = Samples(80, 2),
        });
        Data = Dataset.Open(_folder.File("data"));
        Initial = Fresh(1);
        Trained = Train(Initial, Training);
    }

    internal static TrainOptions Training { get; } = new() { Epochs = 4, BatchSize = 24, Threads = 1, Optimizer = new AdamOptions { LearningRate = 0.01 } };

    internal static TrainOptions FineTuning { get; } = Training with { Epochs = 2, Optimizer = new SgdOptions { LearningRate = 0.02, Momentum = 0.9 } };

    internal Dataset Data { get; }

    internal Model Initial { get; }

    internal Model Trained { get; }

    internal PruneSetup Setup => new()
    {
        Dataset = Data,
        Training = Training,
        Engine = (model, options, masks) => new OrtEngine(model, options, 1, masks: masks),
        Seed = 1,
        Initial = Initial,
        Fresh = round => Fresh(1 + (ulong)round),
    };

    public void Dispose()
    {
        Data.Dispose();
        _folder.Dispose();
    }

    internal string NewFolder() => Directory.CreateDirectory(_folder.File(Guid.NewGuid().ToString("n"))).FullName;

    internal static Model Fresh(ulong seed) =>
        ModelRegistry.Build(new CnnOptions { Channels = [[8], [12]], Hidden = 16 }, new ImageModelInput(1, Side, Side) { Mean = [0.4f], Std = [0.3f] }, ModelOutput.Classes(Classes), seed);

    private Model Train(Model model, TrainOptions options)
    {
        using var engine = new OrtEngine(model, options, 1);
        return new Trainer(options, 1).Train(model, engine, Data.Train, Data.Validation, CancellationToken.None).Model;
    }

    /// <summary>A class is a bright stripe, under noise.</summary>
    private static SampleSet Samples(int count, ulong stream)
    {
        var random = new CounterRandom(1, RandomPurpose.Sampling, stream);
        var pixels = new byte[count * Side * Side];
        var labels = new long[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = i % Classes;
            for (var j = 0; j < Side * Side; j++) pixels[i * Side * Side + j] = (byte)(random.Next(120) + (j * Classes / (Side * Side) == labels[i] ? 110 : 0));
        }
        return new SampleSet([new SampleTensor("image", DataKind.UInt8, [1, Side, Side], pixels)], labels);
    }
}
