namespace OnnxPipeline.Compression;

/// <summary>How long two models take for the same samples on this machine, and what explains it.</summary>
public sealed record LatencyReport
{
    public required IReadOnlyList<BatchLatency> Batches { get; init; }

    /// <summary>Threads that each model ran on.</summary>
    public required int Threads { get; init; }

    /// <summary>Instructions of the processor that integer products use, for example "AVX-512 VNNI"; "none" where it has none of them.</summary>
    public required string Instructions { get; init; }

    /// <summary>Products with weights that ONNX Runtime computes in integers.</summary>
    public required int IntegerProducts { get; init; }

    /// <summary>Those that it computes in floats, by name.</summary>
    public required IReadOnlyList<string> FloatProducts { get; init; }

    /// <summary>Conversions between floats and integers that are left.</summary>
    public required int Conversions { get; init; }

    /// <summary>Why the model is slower than the float32 one at some batch size; null where it is not.</summary>
    public string? WhySlower { get; init; }
}

/// <summary>Times of a batch, in milliseconds, as medians of the quicker half of interleaved runs.</summary>
/// <param name="BatchSize">Samples a batch.</param>
/// <param name="FloatMs">The float32 model's.</param>
/// <param name="QuantizedMs">The quantised model's.</param>
/// <param name="Runs">Runs of each.</param>
public sealed record BatchLatency(int BatchSize, double FloatMs, double QuantizedMs, int Runs)
{
    /// <summary>The quantised model's time as a share of the float32 model's.</summary>
    public double Ratio => QuantizedMs / FloatMs;
}
