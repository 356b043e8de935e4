namespace OnnxPipeline.Training.Optimizers;

/// <summary>The state tensors that optimizers keep for each parameter, under PyTorch's names.</summary>
public static class OptimizerSlots
{
    /// <summary>SGD's velocity, RMSprop's and Muon's.</summary>
    public const string MomentumBuffer = "momentum_buffer";

    /// <summary>Adam's running mean of gradients, and Lion's.</summary>
    public const string ExpAvg = "exp_avg";

    /// <summary>Adam's running mean of squared gradients.</summary>
    public const string ExpAvgSq = "exp_avg_sq";

    /// <summary>Adagrad's sum of squared gradients. Like all state it begins at zero: unlike PyTorch's it leaves out the initial accumulator, which the rule adds under the root.</summary>
    public const string Sum = "sum";

    /// <summary>RMSprop's running mean of squared gradients.</summary>
    public const string SquareAvg = "square_avg";

    /// <summary>Centred RMSprop's running mean of gradients.</summary>
    public const string GradAvg = "grad_avg";

    /// <summary>The slots of a parameter that these options train; what Muon leaves has AdamW's, see <see cref="MuonSplit"/>.</summary>
    /// <exception cref="NotSupportedException">No optimizer has these options.</exception>
    public static IReadOnlyList<string> Of(OptimizerOptions options) => options switch
    {
        SgdOptions { Momentum: 0 } => [],
        SgdOptions or MuonOptions => [MomentumBuffer],
        AdamOptions => [ExpAvg, ExpAvgSq],
        AdagradOptions => [Sum],
        RmsPropOptions rmsProp => [SquareAvg, .. rmsProp.Centered ? [GradAvg] : Array.Empty<string>(), .. rmsProp.Momentum != 0 ? [MomentumBuffer] : Array.Empty<string>()],
        LionOptions => [ExpAvg],
        _ => throw Unknown(options),
    };

    internal static NotSupportedException Unknown(OptimizerOptions options) =>
        new($"No optimizer has options of type {options.GetType().Name}; there are {nameof(SgdOptions)}, {nameof(AdamOptions)}, {nameof(AdamWOptions)}, {nameof(AdagradOptions)}, {nameof(RmsPropOptions)}, {nameof(LionOptions)} and {nameof(MuonOptions)}.");
}
