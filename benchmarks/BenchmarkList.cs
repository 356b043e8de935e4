using OnnxPipeline.Benchmarks.Subjects;

namespace OnnxPipeline.Benchmarks;

/// <summary>Every benchmark there is.</summary>
internal static class BenchmarkList
{
    private static readonly int[] OneAndAllCores = [.. new[] { 1, Environment.ProcessorCount }.Distinct()];

    public static readonly IReadOnlyList<Benchmark> All =
    [
        new("mlp", "Training step of the MLP 784-128-64-10, batch 32, Adam", Unit.StepsPerSecond, 1000,
            TrainingSubject.Mlp, "torch_mlp.py", OneAndAllCores),
        new("cnn", "Training step of six 3x3 convolutions (32,32,64,64,128,128) with BatchNorm and three poolings, 3x32x32, batch 128, SGD", Unit.MillisecondsPerStep, 3,
            TrainingSubject.Cnn, "torch_cnn.py", OneAndAllCores),
        new("adam", "Adam step of the MLP 784-128-64-10 (109,386 weights), gradients given", Unit.MicrosecondsPerStep, 500,
            () => new FusedAdamSubject(784, 128, 64, 10), "torch_adam.py", OneAndAllCores),
        new("augment", "Left-right flip, crop with 4 pixels of padding and cutout of 8x8 on 3x32x32 images, shuffled, in batches of 100", Unit.ImagesPerSecond, 50_000,
            () => new AugmentationSubject(), null, []),
        new("passes", "Passes to a deployable model over a ResNet-50-shaped graph (25.6 million weights)", Unit.MillisecondsPerStep, 1,
            () => new PassesSubject(), null, []),
    ];
}
