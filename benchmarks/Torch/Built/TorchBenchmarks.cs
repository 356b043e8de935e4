using OnnxPipeline.Benchmarks.Subjects;
using OnnxPipeline.Models;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.TorchSharp;

namespace OnnxPipeline.Benchmarks.Torch;

/// <summary>The "torch" engine beside the same networks written in TorchSharp.</summary>
internal static class TorchBenchmarks
{
    public static IReadOnlyList<Benchmark> All =>
    [
        new("torch-mlp", "Training step of the MLP 784-128-64-10, batch 32, Adam, by the torch engine, beside the same in TorchSharp", Unit.StepsPerSecond, 500,
            () => TrainingSubject.Mlp(Open), () => DirectTorchSubject.Mlp()),
        new("torch-cnn", "Training step of six 3x3 convolutions with BatchNorm, 3x32x32, batch 128, SGD, by the torch engine, beside the same in TorchSharp", Unit.MillisecondsPerStep, 1,
            () => TrainingSubject.Cnn(Open), () => DirectTorchSubject.Cnn()),
    ];

    private static ITrainingEngine Open(Model model, TrainOptions options) => TorchEngines.Create(model, options, 1, Device.Cpu);
}
