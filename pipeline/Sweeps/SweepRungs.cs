namespace OnnxPipeline.Pipeline.Sweeps;

/// <summary>Decides which combinations of values go on to the next rung of successive halving.</summary>
internal static class SweepRungs
{
    /// <summary>The best of a rung; the records of the others are made to say that they were given up.</summary>
    /// <param name="entrants">The numbers of each combination's trials.</param>
    /// <param name="count">Combinations of the next rung.</param>
    /// <param name="records">By trial number: what came of this rung and of earlier ones.</param>
    /// <param name="metric">What they are ranked by.</param>
    /// <returns>Those that go on, in their order; fewer than <paramref name="count"/> where more have failed.</returns>
    public static IReadOnlyList<IReadOnlyList<int>> Promote(IReadOnlyList<IReadOnlyList<int>> entrants, int count, IDictionary<int, TrialRecord> records, SweepMetric metric)
    {
        var ranked = SweepRanking.Of(entrants.SelectMany(e => e).Select(number => records[number]), metric);
        foreach (var (place, loser) in ranked.Index().Where(r => r.Index >= count && r.Item.Status == TrialStatus.Done))
        {
            foreach (var trial in loser.Trials)
                records[trial.Number] = trial with { Status = TrialStatus.Stopped, Reason = $"given up after {trial.Budget} epochs: place {place + 1} of {ranked.Count} by {metric.Name}" };
        }
        var promoted = ranked.Take(count).Where(r => r.Status == TrialStatus.Done).Select(r => r.First.Number).ToHashSet();
        return [.. entrants.Where(e => promoted.Contains(e[0]))];
    }
}
