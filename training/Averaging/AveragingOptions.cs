namespace OnnxPipeline.Training.Averaging;

/// <summary>How weights are averaged over training. The averages are what is validated, kept as best and exported; all but lookahead leave training itself alone.</summary>
public abstract record AveragingOptions;

/// <summary>
/// An exponential moving average of weights and running statistics, from the initial ones on: after every step
/// average = d·average + (1 − d)·weights.
/// </summary>
public sealed record EmaOptions : AveragingOptions
{
    /// <summary>d, in [0, 1).</summary>
    public double Decay { get; init; } = 0.999;

    /// <summary>Whether step t, from 1, uses min(d, (1 + t)/(10 + t)), so that the initial weights are soon forgotten.</summary>
    public bool WarmUp { get; init; } = true;
}

/// <summary>
/// Stochastic weight averaging (Izmailov et al. 2018): the mean of the weights at the ends of chosen epochs. The statistics of batch
/// normalisation are computed anew for it, over the training samples. Before its first epoch the weights stand for themselves.
/// </summary>
public sealed record SwaOptions : AveragingOptions
{
    /// <summary>The first epoch, counted from 1, whose weights are averaged.</summary>
    public int StartEpoch { get; init; } = 1;

    /// <summary>Epochs from one average to the next.</summary>
    public int EveryEpochs { get; init; } = 1;
}

/// <summary>
/// Lookahead (Zhang et al. 2019): every so many steps slow weights go a share of the way to those of the optimizer, which go on
/// from there. The slow weights are the result.
/// </summary>
public sealed record LookaheadOptions : AveragingOptions
{
    /// <summary>Steps between two meetings.</summary>
    public int Every { get; init; } = 5;

    /// <summary>The share of the way, in (0, 1].</summary>
    public double Alpha { get; init; } = 0.5;
}
