using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Recipes.Binding;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Sweeps;

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
        var metric = _metric ?? SweepMetric.Unknown(plan.Options.Metric, plan.Options.Minimize);
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
        var values = TrialRecord.Text(plan.ValuesOf(point), plan.Options.Repeat > 1 ? trial.Seed : null);
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
            record = finished.Complete(record);
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

    private IReadOnlyList<SweepPoint> Promote(IReadOnlyList<SweepPoint> entrants, int count, SortedDictionary<int, TrialRecord> records)
    {
        if (_metric is null) return [];
        var promoted = SweepRungs.Promote([.. entrants.Select(e => e.Trials.Select(t => t.Number).ToArray())], count, records, _metric).Select(numbers => numbers[0]).ToHashSet();
        return [.. entrants.Where(e => promoted.Contains(e.Trials[0].Number))];
    }
}
