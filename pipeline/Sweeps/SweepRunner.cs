using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Recipes.Binding;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Training.Loop;

namespace OnnxPipeline.Pipeline.Sweeps;

/// <summary>A trial's run, and the figures of its epochs.</summary>
internal sealed record FinishedTrial(RunRecord Run, IReadOnlyList<EpochMetrics> Epochs);

/// <summary>Runs a sweep's trials, several at once, each as an ordinary run on the same store: cached, and resumed where it was interrupted.</summary>
/// <param name="plan">The trials.</param>
/// <param name="start">Runs a recipe to its end, telling an observer.</param>
/// <param name="parallel">Trials at once.</param>
/// <param name="observer">Is told of every trial.</param>
internal sealed class SweepRunner(SweepPlan plan, Func<Recipe, string, IRunObserver, CancellationToken, FinishedTrial> start, int parallel, ISweepObserver observer)
{
    private SweepMetric? _metric = plan.Options.Metric is { } name ? SweepMetric.Of(name, plan.Options.Minimize) : null;
    private readonly Lock _choosing = new();
    private int _ended;

    /// <summary>Runs every trial, rung by rung. A trial that fails is recorded with its error, and the others go on.</summary>
    /// <exception cref="UsageException">The trials do not have the metric.</exception>
    /// <exception cref="StoreException">The artifacts folder cannot be written to.</exception>
    /// <exception cref="OperationCanceledException">Interrupted; what has finished is cached, what has not goes on from its checkpoint next time.</exception>
    public SweepRecord Run(CancellationToken cancellation)
    {
        var records = new SortedDictionary<int, TrialRecord>();
        var entrants = plan.Points;
        foreach (var (index, rung) in plan.Rungs.Index())
        {
            if (plan.Rungs.Count > 1) observer.Noted($"rung {index + 1} of {plan.Rungs.Count}: {entrants.Count} combinations, {rung.Epochs} epochs each");
            foreach (var record in RunAll(entrants, rung, cancellation)) records[record.Number] = record;
            if (index < plan.Rungs.Count - 1) entrants = Promote(entrants, plan.Rungs[index + 1].Trials, records);
        }
        var metric = _metric ?? new SweepMetric(plan.Options.Metric ?? "validation.accuracy", plan.Options.Minimize is not true);
        return new SweepRecord
        {
            Id = plan.Id,
            Recipe = plan.Recipe,
            Metric = metric.Name,
            HigherIsBetter = metric.HigherIsBetter,
            Parameters = [.. plan.Varied],
            Trials = [.. records.Values],
        };
    }

    private ConcurrentBag<TrialRecord> RunAll(IReadOnlyList<SweepPoint> points, HalvingRung rung, CancellationToken cancellation)
    {
        var records = new ConcurrentBag<TrialRecord>();
        var trials = Partitioner.Create(points.SelectMany(p => p.Trials, (point, trial) => (point, trial)), EnumerablePartitionerOptions.NoBuffering);
        try
        {
            Parallel.ForEach(trials, new ParallelOptions { MaxDegreeOfParallelism = parallel }, job =>
            {
                if (!cancellation.IsCancellationRequested && RunOne(job.point, job.trial, rung, cancellation) is { } record) records.Add(record);
            });
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
        cancellation.ThrowIfCancellationRequested();
        return records;
    }

    private TrialRecord? RunOne(SweepPoint point, SweepTrial trial, HalvingRung rung, CancellationToken cancellation)
    {
        var seed = plan.Options.Repeat > 1 ? [$"seed={trial.Seed}"] : Array.Empty<string>();
        var values = string.Join(' ', plan.ValuesOf(point).Select(v => $"{v.Key}={v.Value}").Concat(seed));
        var view = observer.TrialStarted(trial.Number, values);
        var record = new TrialRecord
        {
            Number = trial.Number,
            Values = plan.ValuesOf(point),
            Seed = trial.Seed,
            Budget = plan.Options.Halving is null ? null : rung.Epochs,
            Status = TrialStatus.Done,
        };
        try
        {
            var finished = start(plan.RecipeOf(point, trial, rung), $"trial {trial.Number} of sweep {plan.Id}", view, cancellation);
            record = record with
            {
                RunId = finished.Run.Id,
                Metrics = finished.Run.Metrics,
                Epochs = finished.Epochs,
                Seconds = Math.Round(finished.Run.Stages.Sum(s => s.Seconds), 3),
            };
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception) when (exception is not StoreException)
        {
            record = record with { Status = TrialStatus.Failed, Reason = exception.Message };
        }
        if (record.Status == TrialStatus.Done) EnsureMetric(record.Metrics);
        observer.TrialEnded(record, values, Interlocked.Increment(ref _ended), plan.Runs);
        return record;
    }

    /// <summary>The first results decide the metric where nobody chose one, and show at once where a chosen one is not among them.</summary>
    private void EnsureMetric(IReadOnlyDictionary<string, double> metrics)
    {
        lock (_choosing)
        {
            _metric ??= SweepMetric.Default(metrics.Keys, plan.Options.Minimize);
            if (_metric is not null && metrics.ContainsKey(_metric.Name)) return;
        }
        throw new UsageException(_metric is null
            ? $"The trials have none of the usual metrics; choose one with --metric NAME.{Names.Suggest("", metrics.Keys)}"
            : $"A trial has finished, and has no metric '{_metric.Name}' to be ranked by.{Names.Suggest(_metric.Name, metrics.Keys)}");
    }

    /// <summary>Those that go on to the next rung; the others' records say that they were given up.</summary>
    private IReadOnlyList<SweepPoint> Promote(IReadOnlyList<SweepPoint> entrants, int count, SortedDictionary<int, TrialRecord> records)
    {
        if (_metric is null) return [];
        var ranked = SweepRanking.Of(entrants.SelectMany(e => e.Trials).Select(t => records[t.Number]), _metric);
        foreach (var (place, loser) in ranked.Index().Where(r => r.Index >= count && r.Item.Status == TrialStatus.Done))
        {
            foreach (var trial in loser.Trials)
                records[trial.Number] = trial with { Status = TrialStatus.Stopped, Reason = $"given up after {trial.Budget} epochs: place {place + 1} of {ranked.Count} by {_metric.Name}" };
        }
        var promoted = ranked.Take(count).Where(r => r.Status == TrialStatus.Done).Select(r => r.First.Number).ToHashSet();
        return [.. entrants.Where(e => promoted.Contains(e.Trials[0].Number))];
    }
}
