using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OnnxPipeline.Training.Optimizers;

/// <summary>
/// RMSprop: g' = s·g + λw, v = v + (1−α)(g'² − v); centred also m = m + (1−α)(g' − m) and v̂ = max(0, v − m²), else v̂ = v;
/// then with d = g' / (√v̂ + ε) either w = κw − ηd, or with momentum b = μb + d and w = κw − ηb, where κ is what decoupled decay keeps.
/// </summary>
/// <remarks>The form is two type arguments, so that each has just its slots and a loop without branches. Rounding can bring v − m² below zero, where a root would be NaN.</remarks>
internal readonly struct RmsPropRule<TCentered, TMomentum>(RmsPropOptions options, in DecayTerms decay, in StepSettings settings) : IUpdateRule
    where TCentered : struct, ISwitch
    where TMomentum : struct, ISwitch
{
    private readonly Vector512<float> _scale = Vector512.Create((float)settings.GradientScale);
    private readonly Vector512<float> _coupledDecay = Vector512.Create(decay.Coupled);
    private readonly Vector512<float> _keptByDecay = Vector512.Create(decay.Kept);
    private readonly Vector512<float> _rate = Vector512.Create((float)(1 - options.Alpha));
    private readonly Vector512<float> _epsilon = Vector512.Create((float)options.Epsilon);
    private readonly Vector512<float> _momentum = Vector512.Create((float)options.Momentum);
    private readonly Vector512<float> _minusRate = Vector512.Create((float)-settings.LearningRate);

    public static int Slots => 1 + (TCentered.On ? 1 : 0) + (TMomentum.On ? 1 : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply(ref Vector512<float> weight, Vector512<float> gradient, ref Vector512<float> square, ref Vector512<float> second, ref Vector512<float> third)
    {
        gradient = Vector512.FusedMultiplyAdd(_coupledDecay, weight, gradient * _scale);
        square = Vector512.FusedMultiplyAdd(_rate, Vector512.FusedMultiplyAdd(gradient, gradient, -square), square);
        var variance = square;
        if (TCentered.On)
        {
            second = Vector512.FusedMultiplyAdd(_rate, gradient - second, second);
            variance = Vector512.Max(Vector512.FusedMultiplyAdd(-second, second, square), Vector512<float>.Zero);
        }
        var direction = gradient / (Vector512.Sqrt(variance) + _epsilon);
        if (TMomentum.On)
        {
            direction = Vector512.FusedMultiplyAdd(_momentum, TCentered.On ? third : second, direction);
            if (TCentered.On) third = direction;
            else second = direction;
        }
        weight = Vector512.FusedMultiplyAdd(_minusRate, direction, weight * _keptByDecay);
    }
}

/// <summary>A yes or no that is a type, so that compiled code holds the chosen branch alone.</summary>
internal interface ISwitch
{
    static abstract bool On { get; }
}

internal readonly struct Yes : ISwitch
{
    public static bool On => true;
}

internal readonly struct No : ISwitch
{
    public static bool On => false;
}
