using System.Runtime.Intrinsics.X86;
using OnnxPipeline.Compression.Quantization.Measurement;
using OnnxPipeline.Export;

namespace OnnxPipeline.Compression;

/// <summary>How long a quantised model takes beside the float32 one it was made from, on this machine, and what explains it.</summary>
public sealed record LatencyReport
{
    /// <summary>Less than this is within what two measurements of the same model differ by.</summary>
    private const double Slower = 1.05;

    public required IReadOnlyList<BatchLatency> Batches { get; init; }

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

    /// <summary>Times the two in turns.</summary>
    /// <inheritdoc cref="LatencyMeter.Measure"/>
    public static LatencyReport Measure(Model original, Model quantized, HeldOutSamples samples, IReadOnlyList<int> batches, int threads = 0, double seconds = LatencyMeter.UsualSeconds, CancellationToken cancellation = default)
    {
        var times = LatencyMeter.Measure([original, quantized], samples, batches, threads, seconds, cancellation);
        return Of(quantized, times[0], times[1]);
    }

    /// <param name="quantized">The quantised model.</param>
    /// <param name="original">The times of the float32 model, measured in turns with the others.</param>
    /// <param name="times">Those of the quantised model.</param>
    public static LatencyReport Of(Model quantized, IReadOnlyList<BatchTime> original, IReadOnlyList<BatchTime> times)
    {
        var batches = original.Join(times, t => t.Batch, t => t.Batch, (one, other) => new BatchLatency(one.Batch, one.QuickMilliseconds, other.QuickMilliseconds)).ToArray();
        var kernels = KernelCount.Of(quantized);
        return new LatencyReport
        {
            Batches = batches,
            Instructions = Processor,
            IntegerProducts = kernels.Integer,
            FloatProducts = kernels.Float,
            Conversions = kernels.Conversions,
            WhySlower = batches.Any(b => b.Ratio > Slower) ? Explain(kernels) : null,
        };
    }

    /// <summary>The widest instructions for products of 8-bit integers that the processor has.</summary>
    private static string Processor =>
        Avx512Vnni ? "AVX-512 VNNI"
        : AvxVnni.IsSupported ? "AVX-VNNI"
        : System.Runtime.Intrinsics.Arm.Dp.IsSupported ? "Arm dot product"
        : Avx2.IsSupported ? "AVX2"
        : "none";

    /// <summary>CPUID leaf 7, ECX bit 11, for which .NET has no property.</summary>
    private static bool Avx512Vnni => Avx512F.IsSupported && X86Base.IsSupported && (X86Base.CpuId(7, 0).Ecx >> 11 & 1) == 1;

    private static string Explain(KernelCount kernels)
    {
        List<string> causes = [];
        if (kernels.Integer == 0) causes.Add("ONNX Runtime computes no product of this model in integers");
        if (kernels.Float.Count > 0) causes.Add($"it computes {kernels.Float.Count} in floats ({string.Join(", ", kernels.Float.Take(6))}{(kernels.Float.Count > 6 ? ", …" : "")})");
        if (kernels.Conversions > 2) causes.Add($"{kernels.Conversions} conversions between floats and integers are left");
        if (Processor is "AVX2" or "none") causes.Add("this processor has no instructions that multiply and add 8-bit integers in one");
        if (causes.Count == 0) causes.Add("the layers are too small for integers to make up for the rounding between them");
        return string.Join("; ", causes);
    }
}

/// <summary>Times of a batch, in milliseconds, as lower quartiles of runs in turns.</summary>
/// <param name="BatchSize">Samples a batch.</param>
/// <param name="FloatMs">The float32 model's.</param>
/// <param name="QuantizedMs">The quantised model's.</param>
public sealed record BatchLatency(int BatchSize, double FloatMs, double QuantizedMs)
{
    /// <summary>The quantised model's time as a share of the float32 model's.</summary>
    public double Ratio => QuantizedMs / FloatMs;
}
