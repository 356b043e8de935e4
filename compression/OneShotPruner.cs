using OnnxPipeline.Compression.Pruning;
using OnnxPipeline.Compression.Pruning.Channels;
using OnnxPipeline.Compression.Pruning.Masks;
using OnnxPipeline.Compression.Pruning.Search;
using OnnxPipeline.Compression.Scoring;

namespace OnnxPipeline.Compression;

/// <summary>
/// Prunes any model once and trains nothing: deployed models and those from elsewhere too, with or without samples. Without the
/// training that <see cref="Pruner"/> puts after it, accuracy falls.
/// </summary>
public static class OneShotPruner
{
    /// <summary>Amounts that a limit is sought among: so many equal parts of the one asked for.</summary>
    private const int Steps = 10;

    /// <param name="model">The model; it is left as it is.</param>
    /// <param name="method">What is left out, and how much of it at most.</param>
    /// <param name="setup">Samples, limits and what else is wanted.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="PruneException">Nothing of the model can be pruned so, or the options do not fit it.</exception>
    public static OneShotPruneResult Prune(Model model, PruneMethodOptions method, OneShotPruneSetup setup, CancellationToken cancellation = default)
    {
        Check(method, setup);
        IPruneMethod way = method is ChannelPruneOptions channels ? new ChannelMethod(model, channels, setup.Training, setup.Loss) : new MaskMethod(model, method, frozen: []);
        var scorer = setup.HeldOut is { } samples ? new ModelScorer(samples) : null;
        var before = scorer?.Score(model, cancellation);
        var (pruned, after, amount) = setup.MaxDrop is null || scorer is null
            ? Once(way.Amount)
            : Largest(new AccuracyBudget(before!.Value, scorer.Classifies, setup.MaxDrop));

        return new OneShotPruneResult(pruned, new OneShotPruneReport
        {
            Unit = way.Unit,
            Amount = amount,
            Before = ModelCounts.Of(model),
            After = ModelCounts.Of(pruned),
            Classifies = scorer?.Classifies,
            ScoreBefore = before,
            ScoreAfter = after,
            Layers = way.Compare(pruned),
            Declined = way.Declined,
            Sensitivity = setup.Sensitivity is { } scan ? SensitivityScan.Run(scan, way, scorer!, cancellation) : [],
        });

        (Model Model, double? Score, double Amount) Once(double share)
        {
            var made = way.Prune(model, share, cancellation).Model;
            return (made, scorer?.Score(made, cancellation), share);
        }

        // Downwards, not by halves: accuracy does not fall evenly with the amount.
        (Model Model, double? Score, double Amount) Largest(AccuracyBudget budget)
        {
            for (var step = Steps; step > 0; step--)
            {
                var found = Once(way.Amount * step / Steps);
                if (budget.Allows(found.Score!.Value)) return found;
            }
            return (model, before, 0);
        }
    }

    private static void Check(PruneMethodOptions method, OneShotPruneSetup setup)
    {
        if (string.Join(" ", PruneCheck.Problems(new PruneOptions { Method = method, Sensitivity = setup.Sensitivity })) is { Length: > 0 } problems) throw new PruneException(problems);
        if (setup.HeldOut is null && (setup.MaxDrop is not null || setup.Sensitivity is not null)) throw new PruneException("What pruning costs, by layer or in all, is measured on samples whose answers are known, and there are none.");
        if (setup.MaxDrop is not null && method is PatternPruneOptions) throw new PruneException("n of m weights go at once, so there is no lesser amount to look for; leave the limit out.");
    }
}
