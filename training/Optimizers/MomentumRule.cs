using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OnnxPipeline.Training.Optimizers;

/// <summary>SGD with momentum: g' = s·g + λw, v = μv + g', then w = κw − ηv, or with Nesterov's w = κw − η(g' + μv), where κ is what decoupled decay keeps.</summary>
internal readonly struct MomentumRule(SgdOptions options, in DecayTerms decay, in StepSettings settings) : IUpdateRule
{
    private readonly bool _nesterov = options.Nesterov;
    private readonly Vector512<float> _scale = Vector512.Create((float)settings.GradientScale);
    private readonly Vector512<float> _coupledDecay = Vector512.Create(decay.Coupled);
    private readonly Vector512<float> _keptByDecay = Vector512.Create(decay.Kept);
    private readonly Vector512<float> _momentum = Vector512.Create((float)options.Momentum);
    private readonly Vector512<float> _minusRate = Vector512.Create((float)-settings.LearningRate);

    public static int Slots => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(ref Vector512<float> weight, Vector512<float> gradient, ref Vector512<float> velocity, ref Vector512<float> unused1, ref Vector512<float> unused2)
    {
        gradient = Vector512.FusedMultiplyAdd(_coupledDecay, weight, gradient * _scale);
        velocity = Vector512.FusedMultiplyAdd(_momentum, velocity, gradient);
        var direction = _nesterov ? Vector512.FusedMultiplyAdd(_momentum, velocity, gradient) : velocity;
        weight = Vector512.FusedMultiplyAdd(_minusRate, direction, weight * _keptByDecay);
    }
}
