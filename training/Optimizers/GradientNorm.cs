using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OnnxPipeline.Training.Optimizers;

/// <summary>
/// The L2 norm of gradients, for clipping and for finding overflow. Sums run in float64 over a fixed number of lanes in a fixed
/// order, so a norm is the same bits on any machine; and as no square of a float32 overflows float64, it is finite exactly
/// when every gradient is.
/// </summary>
public static class GradientNorm
{
    /// <summary>Σx². Add those of all gradients, in one order, and take the root: the global norm.</summary>
    public static double SumOfSquares(ReadOnlySpan<float> values)
    {
        ref var first = ref MemoryMarshal.GetReference(values);
        Vector512<double> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        var whole = values.Length - values.Length % (2 * Vector512<float>.Count);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)(2 * Vector512<float>.Count))
        {
            Add(Vector512.LoadUnsafe(ref first, i), ref sum0, ref sum1);
            Add(Vector512.LoadUnsafe(ref first, i + (nuint)Vector512<float>.Count), ref sum2, ref sum3);
        }
        var sum = (sum0 + sum1) + (sum2 + sum3);
        var total = 0.0;
        for (var lane = 0; lane < Vector512<double>.Count; lane++) total += sum[lane];
        foreach (var value in values[whole..]) total += (double)value * value;
        return total;
    }

    /// <summary>The L2 norm of one gradient.</summary>
    public static double L2(ReadOnlySpan<float> values) => Math.Sqrt(SumOfSquares(values));

    /// <summary>The factor that brings gradients of norm <paramref name="norm"/> down to <paramref name="maxNorm"/>; 1 when they are below, NaN when the norm is not finite. As PyTorch's clip_grad_norm_.</summary>
    public static double ClipFactor(double norm, double maxNorm) =>
        double.IsFinite(norm) ? Math.Min(1, maxNorm / (norm + 1e-6)) : double.NaN;

    /// <summary>The index of the first NaN or infinity, or −1.</summary>
    public static int IndexOfNonFinite(ReadOnlySpan<float> values)
    {
        if (double.IsFinite(SumOfSquares(values))) return -1;
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i])) return i;
        }
        return -1;
    }

    private static void Add(Vector512<float> values, ref Vector512<double> lower, ref Vector512<double> upper)
    {
        var (low, high) = Vector512.Widen(values);
        lower = Vector512.FusedMultiplyAdd(low, low, lower);
        upper = Vector512.FusedMultiplyAdd(high, high, upper);
    }
}
