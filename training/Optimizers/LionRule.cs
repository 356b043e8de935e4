using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OnnxPipeline.Training.Optimizers;

/// <summary>Lion: g' = s·g, c = m + (1−β₁)(g' − m), w = w·(1 − ηλ) − η·sign(c), m = m + (1−β₂)(g' − m). The sign of 0 is 0, that of NaN is NaN.</summary>
internal readonly struct LionRule(LionOptions options, in DecayTerms decay, in StepSettings settings) : IUpdateRule
{
    private readonly Vector512<float> _scale = Vector512.Create((float)settings.GradientScale);
    private readonly Vector512<float> _keptByDecay = Vector512.Create(decay.Kept);
    private readonly Vector512<float> _rate1 = Vector512.Create((float)(1 - options.Beta1));
    private readonly Vector512<float> _rate2 = Vector512.Create((float)(1 - options.Beta2));
    private readonly Vector512<float> _minusRate = Vector512.Create((float)-settings.LearningRate);

    public static int Slots => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(ref Vector512<float> weight, Vector512<float> gradient, ref Vector512<float> mean, ref Vector512<float> unused1, ref Vector512<float> unused2)
    {
        var difference = Vector512.FusedMultiplyAdd(gradient, _scale, -mean);
        var direction = Sign(Vector512.FusedMultiplyAdd(_rate1, difference, mean));
        mean = Vector512.FusedMultiplyAdd(_rate2, difference, mean);
        weight = Vector512.FusedMultiplyAdd(_minusRate, direction, weight * _keptByDecay);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Sign(Vector512<float> x) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(Vector512.Abs(x), Vector512<float>.Zero), Vector512.CopySign(Vector512<float>.One, x), x);
}
