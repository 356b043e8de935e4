using System.Runtime.Intrinsics;
using System.Runtime.InteropServices;

namespace OnnxPipeline.Training.Optimizers;

/// <summary>Adds a penalty's gradient, λ₁·sign(w) + 2λ₂·w, to the loss's. The sign of 0 is 0.</summary>
internal static class Penalty
{
    public static void AddGradient(PenaltyOptions options, ReadOnlySpan<float> weights, Span<float> gradient)
    {
        var (l1, twiceL2) = ((float)options.L1, (float)(2 * options.L2));
        var whole = weights.Length - weights.Length % Vector512<float>.Count;
        ref var w = ref MemoryMarshal.GetReference(weights);
        ref var g = ref MemoryMarshal.GetReference(gradient);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)Vector512<float>.Count)
        {
            var weight = Vector512.LoadUnsafe(ref w, i);
            var sign = Vector512.ConditionalSelect(Vector512.Equals(weight, Vector512<float>.Zero), weight, Vector512.CopySign(Vector512<float>.One, weight));
            var sum = Vector512.FusedMultiplyAdd(Vector512.Create(l1), sign, Vector512.LoadUnsafe(ref g, i));
            Vector512.FusedMultiplyAdd(Vector512.Create(twiceL2), weight, sum).StoreUnsafe(ref g, i);
        }
        for (var i = whole; i < weights.Length; i++)
        {
            var sign = weights[i] == 0 ? 0 : MathF.CopySign(1, weights[i]);
            gradient[i] = MathF.FusedMultiplyAdd(twiceL2, weights[i], MathF.FusedMultiplyAdd(l1, sign, gradient[i]));
        }
    }
}
