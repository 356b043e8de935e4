using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OnnxPipeline.Training.Optimizers;

/// <summary>SGD without momentum: g' = s·g + λw, w = κw − ηg', where κ is what decoupled decay keeps.</summary>
internal readonly struct SgdRule(in DecayTerms decay, in StepSettings settings) : IUpdateRule
{
    private readonly Vector512<float> _scale = Vector512.Create((float)settings.GradientScale);
    private readonly Vector512<float> _coupledDecay = Vector512.Create(decay.Coupled);
    private readonly Vector512<float> _keptByDecay = Vector512.Create(decay.Kept);
    private readonly Vector512<float> _minusRate = Vector512.Create((float)-settings.LearningRate);

    public static int Slots => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(ref Vector512<float> weight, Vector512<float> gradient, ref Vector512<float> unused1, ref Vector512<float> unused2, ref Vector512<float> unused3) =>
        weight = Vector512.FusedMultiplyAdd(_minusRate, Vector512.FusedMultiplyAdd(_coupledDecay, weight, gradient * _scale), weight * _keptByDecay);
}
