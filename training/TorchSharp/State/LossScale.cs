namespace OnnxPipeline.Training.TorchSharp.State;

/// <summary>
/// What the loss is multiplied by before the backward pass, so that small gradients do not vanish in float16. It halves when gradients
/// overflow, whose step is left out, and doubles after 2000 steps without.
/// Source: Micikevicius et al., "Mixed Precision Training", 2018, section 3.2.
/// </summary>
internal sealed class LossScale
{
    /// <summary>The name that its state is saved under: the factor, and the steps since it last changed.</summary>
    public const string StateName = "loss_scale";

    private const int GrowsAfter = 2000;
    private const double Least = 1;
    private const double Most = 1 << 24;

    private int _steps;

    public double Factor { get; private set; } = 65536;

    /// <summary>Whether the last step was left out.</summary>
    public bool Skipped { get; private set; }

    /// <summary>Takes note of a step.</summary>
    /// <param name="overflowed">Whether a gradient was not finite.</param>
    /// <returns>Whether training can go on; not when gradients overflow at the smallest factor, as then the loss is to blame.</returns>
    public bool After(bool overflowed)
    {
        Skipped = overflowed;
        if (overflowed && Factor == Least) return false;
        _steps = overflowed ? 0 : _steps + 1;
        if (overflowed) Factor = Math.Max(Factor / 2, Least);
        else if (_steps % GrowsAfter == 0) Factor = Math.Min(Factor * 2, Most);
        return true;
    }

    public Initializer Capture() => Initializer.Create<float>(StateName, [(float)Factor, _steps], 2);

    /// <summary>Takes up a saved state; one of a training in float32 has none, and it begins anew.</summary>
    public void Restore(IReadOnlyDictionary<string, Initializer> state)
    {
        if (!state.TryGetValue(StateName, out var saved)) return;
        var values = saved.Span<float>();
        (Factor, _steps) = (values[0], (int)values[1]);
    }
}
