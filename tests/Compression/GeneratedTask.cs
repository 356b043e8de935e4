using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Runtime;
using OnnxPipeline.Tests;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Compression.Tests;

/// <summary>Small grey images of three classes, each a bright band at another height in noise; and models for them.</summary>
internal sealed class GeneratedTask : IDisposable
{
    public const int Classes = 3;
    private const int Side = 8;

    private readonly TempFolder _folder = new();

    public GeneratedTask(int samples = 240)
    {
        DatasetWriter.Write(_folder.File("data"), new DatasetContent { Name = "bands", Labels = ["top", "middle", "bottom"], Train = Draw(samples, 1), Validation = Draw(90, 2) });
        Data = Dataset.Open(_folder.File("data"));
    }

    public Dataset Data { get; }

    public static TrainOptions Options { get; } = new() { Epochs = 3, BatchSize = 30, Optimizer = new AdamOptions { LearningRate = 5e-3 }, Threads = 1 };

    /// <summary>Two convolutions with batch normalisation and a head; values conv1…, pool1 and so on as the zoo names them.</summary>
    public static Model Cnn(int width, ulong seed = 1, int classes = Classes) => ModelRegistry.Build(
        new CnnOptions { Channels = [[width], [2 * width]], GlobalPool = true }, new ImageModelInput(1, Side, Side) { Mean = [0.4f], Std = [0.3f] }, ModelOutput.Classes(classes), seed);

    public static ITrainingEngine Engine(Model model, TrainOptions options, bool device, bool mixed = false, IReadOnlyList<Initializer>? masks = null) =>
        device ? new OrtDeviceEngine(model, options, 1, Device.Cpu, mixed, masks) : new OrtEngine(model, options, 1, mixed, masks);

    public string File(string name) => _folder.File(name);

    public void Dispose()
    {
        Data.Dispose();
        _folder.Dispose();
    }

    private static SampleSet Draw(int count, ulong seed)
    {
        var random = new CounterRandom(seed, RandomPurpose.Sampling);
        var pixels = new byte[count * Side * Side];
        var labels = new long[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = i % Classes;
            for (var p = 0; p < Side * Side; p++)
            {
                var inBand = p / Side / 3 == labels[i];
                pixels[i * Side * Side + p] = (byte)Math.Clamp(90 + (inBand ? 50 : 0) + 60 * random.NextNormal(), 0, 255);
            }
        }
        return new SampleSet([new SampleTensor("image", DataKind.UInt8, [1, Side, Side], pixels)], labels);
    }
}
