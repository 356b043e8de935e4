namespace OnnxPipeline.Training.Optimizers;

/// <summary>The state tensors that optimizers keep for each parameter, under PyTorch's names.</summary>
public static class OptimizerSlots
{
    /// <summary>SGD's velocity.</summary>
    public const string MomentumBuffer = "momentum_buffer";

    /// <summary>Adam's running mean of gradients.</summary>
    public const string ExpAvg = "exp_avg";

    /// <summary>Adam's running mean of squared gradients.</summary>
    public const string ExpAvgSq = "exp_avg_sq";

    /// <exception cref="NotSupportedException">No optimizer has these options.</exception>
    public static IReadOnlyList<string> Of(OptimizerOptions options) => options switch
    {
        SgdOptions { Momentum: 0 } => [],
        SgdOptions => [MomentumBuffer],
        AdamOptions => [ExpAvg, ExpAvgSq],
        _ => throw Unknown(options),
    };

    internal static NotSupportedException Unknown(OptimizerOptions options) =>
        new($"No optimizer has options of type {options.GetType().Name}; there are {nameof(SgdOptions)}, {nameof(AdamOptions)} and {nameof(AdamWOptions)}.");
}
