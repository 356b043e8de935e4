using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OnnxPipeline.Training.Optimizers;

/// <summary>Adagrad: g' = s·g + λw, G = G + g'², w = κw − η · g' / (√(G₀ + G) + ε), where G₀ is the initial accumulator and κ what decoupled decay keeps.</summary>
internal readonly struct AdagradRule(AdagradOptions options, in DecayTerms decay, in StepSettings settings) : IUpdateRule
{
    private readonly Vector512<float> _scale = Vector512.Create((float)settings.GradientScale);
    private readonly Vector512<float> _coupledDecay = Vector512.Create(decay.Coupled);
    private readonly Vector512<float> _keptByDecay = Vector512.Create(decay.Kept);
    private readonly Vector512<float> _initial = Vector512.Create((float)options.InitialAccumulator);
    private readonly Vector512<float> _epsilon = Vector512.Create((float)options.Epsilon);
    private readonly Vector512<float> _minusRate = Vector512.Create((float)-settings.LearningRate);

    public static int Slots => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(ref Vector512<float> weight, Vector512<float> gradient, ref Vector512<float> sum, ref Vector512<float> unused1, ref Vector512<float> unused2)
    {
        gradient = Vector512.FusedMultiplyAdd(_coupledDecay, weight, gradient * _scale);
        sum = Vector512.FusedMultiplyAdd(gradient, gradient, sum);
        weight = Vector512.FusedMultiplyAdd(_minusRate, gradient / (Vector512.Sqrt(sum + _initial) + _epsilon), weight * _keptByDecay);
    }
}
