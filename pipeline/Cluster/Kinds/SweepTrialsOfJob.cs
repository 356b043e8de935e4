using OnnxPipeline.Pipeline.Sweeps;

namespace OnnxPipeline.Pipeline.Cluster.Kinds;

/// <summary>
/// Which trial each task of a sweep runs, and what came of it. In the first rung of successive halving task N is trial N; in a later
/// one the tasks are the trials that went on, in their order. That follows from the records of the rungs before, so that every node
/// that looks comes to the same.
/// </summary>
internal sealed class SweepTrialsOfJob(JobRecord job, JobFolder folder)
{
    private readonly SweepJobPlan _plan = job.Sweep!;

    /// <summary>The trials of a rung, in the order of its tasks. The rungs before it are over.</summary>
    public IReadOnlyList<TrialRecord> TrialsOf(int rung)
    {
        var (entrants, records) = Enter(rung);
        return [.. entrants.SelectMany(e => e).Select(number => Begun(number, rung, records))];
    }

    /// <summary>The sweep's record, once all tasks are over.</summary>
    /// <param name="ends">How a task without a result ended, by batch and task.</param>
    public SweepRecord Record(IReadOnlyDictionary<(string Batch, int Task), TaskEnd> ends)
    {
        var (entrants, records) = Enter(_plan.Rungs.Count - 1, ends);
        Collect(_plan.Rungs.Count - 1, entrants, records, ends);
        var metric = MetricOf(records.Values) ?? SweepMetric.Unknown(_plan.Metric, _plan.Minimize);
        return new SweepRecord
        {
            Id = _plan.SweepId,
            Recipe = job.Title,
            Metric = metric.Name,
            HigherIsBetter = metric.HigherIsBetter,
            Parameters = _plan.Parameters,
            Trials = [.. records.Values],
        };
    }

    public static string BatchName(int rung) => $"rung-{rung + 1}";

    /// <summary>The changes that make the recipe a trial's.</summary>
    public PointPlan PointOf(int trial) => _plan.Points.First(p => p.Trials.Any(t => t.Number == trial));

    /// <summary>A trial's values, for people.</summary>
    public string ValuesOf(TrialRecord trial) => TrialRecord.Text(trial.Values, _plan.Points[0].Trials.Count > 1 ? trial.Seed : null);

    private (IReadOnlyList<IReadOnlyList<int>> Entrants, SortedDictionary<int, TrialRecord> Records) Enter(int rung, IReadOnlyDictionary<(string, int), TaskEnd>? ends = null)
    {
        var records = new SortedDictionary<int, TrialRecord>();
        IReadOnlyList<IReadOnlyList<int>> entrants = [.. _plan.Points.Select(p => p.Trials.Select(t => t.Number).ToArray())];
        for (var earlier = 0; earlier < rung; earlier++)
        {
            Collect(earlier, entrants, records, ends);
            entrants = MetricOf(records.Values) is { } metric ? SweepRungs.Promote(entrants, _plan.Rungs[earlier + 1].Combinations, records, metric) : [];
        }
        return (entrants, records);
    }

    private void Collect(int rung, IReadOnlyList<IReadOnlyList<int>> entrants, SortedDictionary<int, TrialRecord> records, IReadOnlyDictionary<(string, int), TaskEnd>? ends)
    {
        foreach (var (index, number) in entrants.SelectMany(e => e).Index())
        {
            var (batch, task) = (BatchName(rung), index + 1);
            var end = folder.End(batch, task) ?? ends?.GetValueOrDefault((batch, task));
            var begun = Begun(number, rung, records);
            records[number] = end is { Failed: false } && folder.Result(batch, task, SweepJson.Default.TrialRecord) is { } done ? done
                : begun with { Status = TrialStatus.Failed, Reason = end?.Reason ?? "it ended without a result" };
        }
    }

    private TrialRecord Begun(int number, int rung, SortedDictionary<int, TrialRecord> records) => records.TryGetValue(number, out var before)
        ? before with { Budget = _plan.Rungs[rung].Epochs, Status = TrialStatus.Done }
        : new TrialRecord
        {
            Number = number,
            Values = PointOf(number).Values,
            Seed = PointOf(number).Trials.First(t => t.Number == number).Seed,
            Budget = _plan.Rungs[rung].Epochs,
            Status = TrialStatus.Done,
        };

    private SweepMetric? MetricOf(IEnumerable<TrialRecord> records) => _plan.Metric is { } name
        ? SweepMetric.Of(name, _plan.Minimize)
        : records.FirstOrDefault(r => r.Status == TrialStatus.Done) is { } first ? SweepMetric.Default(first.Metrics.Keys, _plan.Minimize) : null;
}
