using OnnxPipeline.Benchmarks.Subjects;

namespace OnnxPipeline.Benchmarks;

/// <summary>Every benchmark there is.</summary>
internal static class BenchmarkList
{
    private static readonly int[] OneAndAllCores = [.. new[] { 1, Environment.ProcessorCount }.Distinct()];

    public static readonly IReadOnlyList<Benchmark> All =
    [
        new("adam", "Adam step of the MLP 784-128-64-10 (109,386 weights), gradients given", Unit.MicrosecondsPerStep, 500,
            () => new FusedAdamSubject(784, 128, 64, 10), "torch_adam.py", OneAndAllCores),
    ];
}
