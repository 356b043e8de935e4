using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OnnxPipeline.Training.Optimizers;

/// <summary>
/// Adam and AdamW: g' = s·g (+ λw for Adam), m = m + (1−β₁)(g' − m), v = v + (1−β₂)(g'² − v),
/// w = w·(1 − ηλ for AdamW) − η/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε).
/// </summary>
/// <remarks>The running means are interpolations because 1−β is exact to a float32's last digit where β itself is not: 1 − 0.999f is 1.3e-5 off 0.001.</remarks>
internal readonly struct AdamRule : IUpdateRule
{
    private readonly Vector512<float> _scale;
    private readonly Vector512<float> _coupledDecay;
    private readonly Vector512<float> _keptByDecay;
    private readonly Vector512<float> _rate1;
    private readonly Vector512<float> _rate2;
    private readonly Vector512<float> _inverseRootCorrection2;
    private readonly Vector512<float> _epsilon;
    private readonly Vector512<float> _minusStepSize;

    public AdamRule(AdamOptions options, in DecayTerms decay, in StepSettings settings)
    {
        var correction = BiasCorrection.Of(options, settings.Step);
        _scale = Vector512.Create((float)settings.GradientScale);
        _coupledDecay = Vector512.Create(decay.Coupled);
        _keptByDecay = Vector512.Create(decay.Kept);
        _rate1 = Vector512.Create((float)(1 - options.Beta1));
        _rate2 = Vector512.Create((float)(1 - options.Beta2));
        _inverseRootCorrection2 = Vector512.Create((float)(1 / correction.RootSecond));
        _epsilon = Vector512.Create((float)options.Epsilon);
        _minusStepSize = Vector512.Create((float)(-settings.LearningRate / correction.First));
    }

    public static int Slots => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(ref Vector512<float> weight, Vector512<float> gradient, ref Vector512<float> mean, ref Vector512<float> square, ref Vector512<float> unused)
    {
        gradient = Vector512.FusedMultiplyAdd(_coupledDecay, weight, gradient * _scale);
        mean = Vector512.FusedMultiplyAdd(_rate1, gradient - mean, mean);
        square = Vector512.FusedMultiplyAdd(_rate2, Vector512.FusedMultiplyAdd(gradient, gradient, -square), square);
        var denominator = Vector512.FusedMultiplyAdd(Vector512.Sqrt(square), _inverseRootCorrection2, _epsilon);
        weight = Vector512.FusedMultiplyAdd(_minusStepSize, mean / denominator, weight * _keptByDecay);
    }
}
