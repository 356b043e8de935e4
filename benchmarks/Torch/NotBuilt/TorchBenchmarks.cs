namespace OnnxPipeline.Benchmarks.Torch;

/// <summary>The benchmarks of the "torch" engine: none where it is not built in.</summary>
internal static class TorchBenchmarks
{
    public static IReadOnlyList<Benchmark> All => [];
}
