namespace OnnxPipeline.Compression.Pruning;

/// <summary>Whether options are in range; recipes keep the same rules, with the line where they are broken.</summary>
internal static class PruneCheck
{
    public static IEnumerable<string> Problems(PruneOptions options)
    {
        var amount = options.Method switch
        {
            ChannelPruneOptions channels => channels.Amount,
            WeightPruneOptions weights => weights.Amount,
            _ => 0,
        };
        if (amount is not (>= 0 and < 1)) yield return $"prune.method.amount: expected a share in [0, 1), found {amount}.";
        if (options.Method is ChannelPruneOptions { RoundTo: < 1 } or ChannelPruneOptions { Batches: < 1 }) yield return "prune.method: roundTo and batches are at least 1.";
        if (options.Method is PatternPruneOptions pattern && (pattern.Keep < 1 || pattern.Of <= pattern.Keep)) yield return $"prune.method: expected 1 ≤ keep < of, found {pattern.Keep} of {pattern.Of}.";
        if (options.Schedule is IterativePruneOptions { Rounds: < 1 } or LotteryPruneOptions { Rounds: < 1 }) yield return "prune.schedule.rounds: expected at least 1.";
        if (options.Schedule is GradualPruneOptions gradual && (gradual.EverySteps < 1 || gradual.RampShare is not (> 0 and <= 1))) yield return "prune.schedule: expected everySteps of at least 1 and rampShare in (0, 1].";
        if (options.Schedule is LotteryPruneOptions { RewindEpoch: < 0 }) yield return "prune.schedule.rewindEpoch: expected at least 0.";
        foreach (var (_, message) in Conflicts(options)) yield return message;
    }

    /// <summary>Options that exclude each other: which, below prune, and why.</summary>
    public static IEnumerable<(string Option, string Message)> Conflicts(PruneOptions options)
    {
        if (options.Schedule is GradualPruneOptions or LotteryPruneOptions && options.Method is not WeightPruneOptions)
            yield return ("schedule", "gradual and lottery pruning are of single weights by a growing share; set prune.method to weights, or use one-shot or iterative.");
        if (options.Schedule is IterativePruneOptions && options.Method is PatternPruneOptions)
            yield return ("schedule", "n of m weights go at once; use one-shot.");
        if (options.Schedule is GradualPruneOptions && options.FineTune is null)
            yield return ("schedule", "gradual pruning goes on while the model is trained; give prune.fineTune.");
        if (options.Sensitivity is not null && options.Method is PatternPruneOptions)
            yield return ("sensitivity", "the scan is over amounts, which n of m has none of; leave it out.");
    }
}
