using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Compression.Quantization.Measurement;
using OnnxPipeline.Export;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Compression;

/// <summary>
/// Times a quantised model against the float32 one it was made from. The two take turns, so that whatever else the machine does falls
/// on both alike, and the median of the quicker half of the runs leaves out where it fell on one.
/// </summary>
public static class LatencyMeter
{
    private const int LeastRuns = 15;
    private const int MostRuns = 400;
    private const int WarmUpRuns = 5;

    /// <param name="original">The float32 model.</param>
    /// <param name="quantized">The model made from it.</param>
    /// <param name="samples">Samples to run; fewer than a batch are repeated.</param>
    /// <param name="batchSizes">Samples a batch.</param>
    /// <param name="threads">Threads for each; 0 for all cores.</param>
    /// <param name="seconds">About how long each batch size may take.</param>
    /// <param name="cancellation">Stops the measurement.</param>
    public static LatencyReport Compare(Model original, Model quantized, HeldOutSamples samples, IReadOnlyList<int> batchSizes, int threads = 0, double seconds = 2, CancellationToken cancellation = default)
    {
        var settings = new SessionSettings { Threads = threads };
        using var first = new TimedModel(original, settings);
        using var second = new TimedModel(quantized, settings);
        var batches = batchSizes.Where(size => first.Takes(size)).Select(size => Compare(first, second, samples, size, seconds, cancellation)).ToArray();
        var kernels = KernelCount.Of(quantized);
        return new LatencyReport
        {
            Batches = batches,
            Threads = threads > 0 ? threads : Environment.ProcessorCount,
            Instructions = Instructions,
            IntegerProducts = kernels.Integer,
            FloatProducts = kernels.Float,
            Conversions = kernels.Conversions,
            WhySlower = batches.Any(b => b.Ratio > 1) ? Explain(kernels) : null,
        };
    }

    /// <summary>The widest instructions for products of 8-bit integers that the processor has.</summary>
    public static string Instructions =>
        Avx512Vnni ? "AVX-512 VNNI"
        : AvxVnni.IsSupported ? "AVX-VNNI"
        : System.Runtime.Intrinsics.Arm.Dp.IsSupported ? "Arm dot product"
        : Avx2.IsSupported ? "AVX2"
        : "none";

    /// <summary>CPUID leaf 7, ECX bit 11, for which .NET has no property.</summary>
    private static bool Avx512Vnni => Avx512F.IsSupported && X86Base.IsSupported && (X86Base.CpuId(7, 0).Ecx >> 11 & 1) == 1;

    private static BatchLatency Compare(TimedModel first, TimedModel second, HeldOutSamples samples, int size, double seconds, CancellationToken cancellation)
    {
        using var one = first.Batch(samples, size);
        using var other = second.Batch(samples, size);
        var once = 0.0;
        for (var i = 0; i < WarmUpRuns; i++) once = one.Run() + other.Run();
        var runs = (int)Math.Clamp(1000 * seconds / Math.Max(once, 1e-3), LeastRuns, MostRuns);
        var (a, b) = (new double[runs], new double[runs]);
        for (var i = 0; i < runs; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            // Who goes first changes too: the second finds the caches as the first left them.
            if (i % 2 == 0) (a[i], b[i]) = (one.Run(), other.Run());
            else (b[i], a[i]) = (other.Run(), one.Run());
        }
        return new BatchLatency(size, QuickerMedian(a), QuickerMedian(b), runs);
    }

    /// <summary>The median of the quicker half: on a machine that does other work too, most runs may have been interrupted.</summary>
    private static double QuickerMedian(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 4];
    }

    private static string Explain(KernelCount kernels)
    {
        List<string> causes = [];
        if (kernels.Integer == 0) causes.Add("ONNX Runtime computes no product of this model in integers");
        if (kernels.Float.Count > 0) causes.Add($"it computes {kernels.Float.Count} in floats ({string.Join(", ", kernels.Float.Take(6))}{(kernels.Float.Count > 6 ? ", …" : "")})");
        if (kernels.Conversions > 2) causes.Add($"{kernels.Conversions} conversions between floats and integers are left");
        if (Instructions is "AVX2" or "none") causes.Add("this processor has no instructions that multiply and add 8-bit integers in one");
        if (causes.Count == 0) causes.Add("the layers are too small for integers to make up for the rounding between them");
        return string.Join("; ", causes);
    }
}
