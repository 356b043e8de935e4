namespace OnnxPipeline.Compression;

/// <summary>In how many rounds a model is pruned, and what happens between them.</summary>
public abstract record PruneScheduleOptions;

/// <summary>All at once, then fine-tuning.</summary>
public sealed record OneShotPruneOptions : PruneScheduleOptions;

/// <summary>Round by round, each followed by fine-tuning; every round leaves the same share of what the one before it left.</summary>
public sealed record IterativePruneOptions : PruneScheduleOptions
{
    public int Rounds { get; init; } = 3;
}

/// <summary>
/// Weights go while fine-tuning goes on, at first many and then ever fewer: amount · (1 − (1 − t)³), t rising from 0 to 1 (Zhu and
/// Gupta 2017). The weights of the last epoch are kept.
/// </summary>
public sealed record GradualPruneOptions : PruneScheduleOptions
{
    /// <summary>Steps between two changes.</summary>
    public int EverySteps { get; init; } = 50;

    /// <summary>The share of fine-tuning's steps after which the full amount is reached, in (0, 1].</summary>
    public double RampShare { get; init; } = 0.75;
}

/// <summary>
/// The lottery ticket hypothesis (Frankle and Carbin 2019): after each round the weights that are left go back to what they were at
/// the beginning, and are trained again.
/// </summary>
public sealed record LotteryPruneOptions : PruneScheduleOptions
{
    public int Rounds { get; init; } = 5;

    /// <summary>Epochs of training that are not taken back, from 0: weights go back to those after so many (Frankle et al. 2020).</summary>
    public int RewindEpoch { get; init; }

    /// <summary>Whether each round also trains the same mask on fresh random weights, to see what the beginning is worth.</summary>
    public bool Control { get; init; } = true;
}
