namespace OnnxPipeline.Pipeline.Sweeps;

/// <summary>What trials are ranked by.</summary>
internal sealed record SweepMetric(string Name, bool HigherIsBetter)
{
    /// <summary>What is taken where nobody chose: the first of these that the trials have. The test part is the last resort, since the best on it is no longer an honest figure.</summary>
    private static readonly string[] Preferred = ["validation.accuracy", "validation.rmse", "validation.loss", "test.accuracy", "test.rmse", "test.loss"];

    private static readonly string[] Higher = ["accuracy", "f1", "precision", "recall", "auc", "r2", "agreement"];
    private static readonly string[] Lower = ["loss", "error", "rmse", "mse", "mae", "ece", "brier"];

    /// <summary>A metric by name, with its direction from the options or by its last word.</summary>
    /// <exception cref="UsageException">Nothing says which direction is the better one.</exception>
    public static SweepMetric Of(string name, bool? minimize)
    {
        if (minimize is { } lower) return new SweepMetric(name, !lower);
        bool EndsWith(string word) => name.EndsWith(word, StringComparison.OrdinalIgnoreCase);
        return Lower.Any(EndsWith) ? new SweepMetric(name, false)
            : Higher.Any(EndsWith) ? new SweepMetric(name, true)
            : throw new UsageException($"Whether a high or a low '{name}' is better cannot be told from its name; add --minimize or --minimize false (in a recipe, sweep.minimize).");
    }

    /// <summary>The metric for results of this kind; null where they have none of the usual ones.</summary>
    public static SweepMetric? Default(IEnumerable<string> names, bool? minimize) =>
        Preferred.FirstOrDefault(names.Contains) is { } name ? Of(name, minimize) : null;

    /// <summary>Stands in a record whose trials all failed.</summary>
    public static SweepMetric Unknown(string? name, bool? minimize) => new(name ?? Preferred[0], minimize is not true);

    /// <summary>Orders values from the best to the worst.</summary>
    public int Compare(double a, double b) => HigherIsBetter ? b.CompareTo(a) : a.CompareTo(b);
}
