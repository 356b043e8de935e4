using OnnxPipeline.Pipeline.Sweeps;

namespace OnnxPipeline.Pipeline.Cluster.Kinds;

/// <summary>
/// Which trial each task of a sweep runs, and what came of it. In the first rung of successive halving task N is trial N; in a later
/// one the tasks are the trials that went on, in their order. That follows from the records of the rungs before, so that every node
/// that looks comes to the same; the first one that does writes it down for the others.
/// </summary>
internal sealed class SweepTrialsOfJob(JobRecord job, JobFolder folder)
{
    private readonly SweepJobPlan _plan = job.Sweep!;
    private readonly Lazy<IReadOnlyList<PointPlan>> _points = new(folder.Points);
    private readonly Dictionary<int, IReadOnlyList<int>> _rungs = [];

    /// <summary>The trial of a task, before it runs; null where a later rung has more tasks than trials that went on. The rungs before are over.</summary>
    public TrialRecord? TrialOf(int rung, int task)
    {
        if (rung > 0 && !_rungs.ContainsKey(rung)) _rungs[rung] = Entrants(rung);
        if (rung > 0 && task > _rungs[rung].Count) return null;
        return folder.Trial(rung == 0 ? task : _rungs[rung][task - 1]) with { Budget = _plan.Rungs[rung].Epochs };
    }

    /// <summary>The sweep's record, once all tasks are over.</summary>
    /// <param name="ends">How a task without a result ended, by batch and task.</param>
    public SweepRecord Record(IReadOnlyDictionary<(string Batch, int Task), TaskEnd> ends)
    {
        var records = Records(_plan.Rungs.Count, ends).Records;
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

    /// <summary>The changes that make the recipe that of a combination, by the number of its first trial.</summary>
    public IReadOnlyList<string> SetsOf(int trial) => _points.Value.First(p => p.Trials[0].Number == trial).Sets;

    /// <summary>A trial's values, for people.</summary>
    public string ValuesOf(TrialRecord trial) => TrialRecord.Text(trial.Values, _plan.Repeat > 1 ? trial.Seed : null);

    private IReadOnlyList<int> Entrants(int rung)
    {
        if (folder.Promoted(BatchName(rung)) is { } known) return known;
        int[] trials = [.. Records(rung, ends: null).Entrants.SelectMany(e => e)];
        folder.SavePromoted(BatchName(rung), trials);
        return trials;
    }

    /// <summary>What came of the trials in the rungs before one, and which combinations go on to it.</summary>
    private (IReadOnlyList<IReadOnlyList<int>> Entrants, SortedDictionary<int, TrialRecord> Records) Records(int before, IReadOnlyDictionary<(string, int), TaskEnd>? ends)
    {
        var records = new SortedDictionary<int, TrialRecord>();
        foreach (var trial in _points.Value.SelectMany(p => p.Trials)) records[trial.Number] = trial;
        IReadOnlyList<IReadOnlyList<int>> entrants = [.. _points.Value.Select(p => p.Trials.Select(t => t.Number).ToArray())];
        for (var rung = 0; rung < before; rung++)
        {
            foreach (var (index, number) in entrants.SelectMany(e => e).Index())
                records[number] = Result(records[number] with { Budget = _plan.Rungs[rung].Epochs, Status = TrialStatus.Done }, BatchName(rung), index + 1, ends);
            if (rung + 1 < _plan.Rungs.Count) entrants = MetricOf(records.Values) is { } metric ? SweepRungs.Promote(entrants, _plan.Rungs[rung + 1].Combinations, records, metric) : [];
        }
        return (entrants, records);
    }

    private TrialRecord Result(TrialRecord begun, string batch, int task, IReadOnlyDictionary<(string, int), TaskEnd>? ends)
    {
        var end = folder.End(batch, task) ?? ends?.GetValueOrDefault((batch, task));
        return end is { Failed: false } && folder.Result(batch, task, SweepJson.Default.TrialRecord) is { } done ? done
            : begun with { Status = TrialStatus.Failed, Reason = end?.Reason ?? "it ended without a result" };
    }

    private SweepMetric? MetricOf(IEnumerable<TrialRecord> records) => _plan.Metric is { } name
        ? SweepMetric.Of(name, _plan.Minimize)
        : records.FirstOrDefault(r => r.Status == TrialStatus.Done && r.Metrics.Count > 0) is { } first ? SweepMetric.Default(first.Metrics.Keys, _plan.Minimize) : null;
}
