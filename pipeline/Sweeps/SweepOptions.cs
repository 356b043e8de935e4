namespace OnnxPipeline.Pipeline.Sweeps;

/// <summary>What "pipeline sweep" runs this recipe with. A plain run takes no notice of it.</summary>
internal sealed record SweepOptions
{
    /// <summary>What the trials are ranked by, for example "validation.accuracy"; null for the validation part's accuracy, or its loss where there is none.</summary>
    public string? Metric { get; init; }

    /// <summary>Whether the lower value is the better one; null to go by the metric's name.</summary>
    public bool? Minimize { get; init; }

    /// <summary>Seeds that each trial runs with: the recipe's, and those that follow it.</summary>
    public int Repeat { get; init; } = 1;

    /// <summary>So many trials with values drawn at random, keyed by the recipe's seed; null for every combination.</summary>
    public int? Random { get; init; }

    /// <summary>Gives up the worse trials early; null to train them all to their end.</summary>
    public HalvingOptions? Halving { get; init; }
}

/// <summary>
/// Successive halving (Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization", AISTATS
/// 2016): all trials get few epochs, the best 1/eta of them eta times as many, and so on up to train.epochs. Each is a run of its
/// own with that many epochs, schedule included: a checkpoint of a shorter schedule is no honest beginning of a longer one.
/// </summary>
internal sealed record HalvingOptions
{
    /// <summary>One of so many trials goes on, with so many times the epochs; at least 2.</summary>
    public int Eta { get; init; } = 3;

    /// <summary>The fewest epochs that a trial is judged by.</summary>
    public int MinEpochs { get; init; } = 1;
}
