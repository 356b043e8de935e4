namespace OnnxPipeline.Pipeline.Sweeps;

/// <summary>The trials of one combination of values, and what they came to.</summary>
/// <param name="Trials">By seed.</param>
/// <param name="Mean">The metric's mean over the seeds; null where one of them has none.</param>
/// <param name="Deviation">Its sample standard deviation; null with fewer than two seeds.</param>
internal sealed record RankedPoint(IReadOnlyList<TrialRecord> Trials, double? Mean, double? Deviation)
{
    public TrialRecord First => Trials[0];

    /// <summary>The fate of the whole: failed when one of the trials is.</summary>
    public TrialStatus Status => Trials.Any(t => t.Status == TrialStatus.Failed) ? TrialStatus.Failed : First.Status;
}

/// <summary>Puts combinations of values in order: finished ones by the metric, those given up by how far they came, failed ones last.</summary>
internal static class SweepRanking
{
    public static IReadOnlyList<RankedPoint> Of(IEnumerable<TrialRecord> trials, SweepMetric metric) =>
    [
        .. trials
            .GroupBy(t => string.Join('\n', t.Values.Select(v => $"{v.Key}={v.Value}")))
            .Select(g => Summarise([.. g.OrderBy(t => t.Number)], metric.Name))
            .OrderBy(p => p.Status switch { TrialStatus.Done => 0, TrialStatus.Stopped => 1, _ => 2 })
            .ThenByDescending(p => p.First.Budget)
            .ThenBy(p => p.Mean is null)
            .ThenBy(p => p.Mean ?? 0, Comparer<double>.Create(metric.Compare))
            .ThenBy(p => p.First.Number),
    ];

    private static RankedPoint Summarise(IReadOnlyList<TrialRecord> trials, string metric)
    {
        double?[] values = [.. trials.Select(t => t.Status == TrialStatus.Failed || !t.Metrics.TryGetValue(metric, out var value) ? (double?)null : value)];
        if (values.Contains(null)) return new RankedPoint(trials, null, null);
        var mean = values.Average()!.Value;
        var deviation = values.Length < 2 ? (double?)null : Math.Sqrt(values.Sum(v => (v!.Value - mean) * (v.Value - mean)) / (values.Length - 1));
        return new RankedPoint(trials, mean, deviation);
    }
}
