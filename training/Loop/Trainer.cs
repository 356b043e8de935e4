using System.Diagnostics;
using OnnxPipeline.Datasets;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Schedules;

namespace OnnxPipeline.Training.Loop;

/// <summary>What training gives: the model with its new weights, and the figures of every epoch.</summary>
public sealed record TrainResult(Model Model, TrainingProgress Progress);

/// <summary>
/// The training loop. It knows no engine's insides: it asks for steps, keeps the best weights, stops when told to, and saves
/// checkpoints from which a later run goes on to the same bytes.
/// </summary>
/// <param name="options">Epochs, batch size, schedule, early stopping.</param>
/// <param name="seed">Keys the order of samples and their augmentation.</param>
public sealed class Trainer(TrainOptions options, ulong seed)
{
    private const int EvaluationBatch = 500;

    /// <summary>What is done to each training image; null for nothing.</summary>
    public AugmentOptions? Augment { get; init; }

    /// <summary>Where the checkpoint is kept; null to keep none.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Names the run a checkpoint belongs to; one of another name is not taken up.</summary>
    public string Identity { get; init; } = "";

    public ITrainingObserver Observer { get; init; } = new SilentObserver();

    /// <summary>Trains a model on one part of a dataset, watching another.</summary>
    /// <param name="model">The model; a copy is trained.</param>
    /// <param name="engine">The engine that holds the same model.</param>
    /// <param name="train">The samples to train on.</param>
    /// <param name="validation">The samples to watch; empty for none, and then the last epoch's weights are kept.</param>
    /// <param name="cancellation">Asks to save a checkpoint and stop.</param>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint was saved first.</exception>
    /// <exception cref="NonFiniteLossException">The loss is no longer finite.</exception>
    /// <exception cref="NonFiniteGradientException">Clipping is on and a gradient is no longer finite.</exception>
    public TrainResult Train(Model model, ITrainingEngine engine, DatasetSplit train, DatasetSplit validation, CancellationToken cancellation)
    {
        using var batches = new BatchLoader(train, new BatchOptions { BatchSize = Math.Min(options.BatchSize, train.Count), Shuffle = true, DropLast = true, Seed = seed, Augment = Augment });
        using var validationBatches = validation.Count > 0 ? new BatchLoader(validation, new BatchOptions { BatchSize = Math.Min(EvaluationBatch, validation.Count) }) : null;
        var schedule = Schedule.Create(options.Schedule, (long)options.Epochs * batches.StepsPerEpoch, batches.StepsPerEpoch);

        var (progress, best) = Resume(engine);
        Observer.Started(engine.Description, options.Epochs, batches.StepsPerEpoch, progress);
        while (progress.Epoch < options.Epochs && progress.Stopped is null)
        {
            progress = TrainEpoch(engine, batches, schedule, progress, best, cancellation);
            var (validationLoss, validationAccuracy) = Evaluate(engine, validationBatches);
            var steps = (long)(progress.Epoch + 1) * batches.StepsPerEpoch;
            var metrics = new EpochMetrics(progress.Epoch + 1, steps, options.Optimizer.LearningRate * schedule.Factor(steps - 1),
                progress.LossSum / progress.Seen, Accuracy(engine, progress.Correct, progress.Seen), validationLoss, validationAccuracy);

            (progress, var improved) = EndEpoch(progress, metrics);
            if (improved && options.KeepBest) best = engine.Capture().ToDictionary(t => t.Name);
            Observer.EpochEnded(metrics, improved);
            Save(engine, progress, best);
            cancellation.ThrowIfCancellationRequested();
        }
        if (progress.Stopped is { } reason) Observer.Stopped(reason);

        var trained = model.Clone();
        if (best.Count > 0) engine.Restore(best);
        engine.CopyWeightsTo(trained);
        return new TrainResult(trained, progress);
    }

    private TrainingProgress TrainEpoch(ITrainingEngine engine, BatchLoader batches, ISchedule schedule, TrainingProgress progress, IReadOnlyDictionary<string, Initializer> best, CancellationToken cancellation)
    {
        var (loss, correct, seen, step) = (progress.LossSum, progress.Correct, progress.Seen, progress.StepInEpoch);
        TrainingProgress Here() => progress with { StepInEpoch = step, LossSum = loss, Correct = correct, Seen = seen };

        var sinceSave = Stopwatch.StartNew();
        foreach (var batch in batches.Epoch(progress.Epoch, step))
        {
            var number = (long)progress.Epoch * batches.StepsPerEpoch + step;
            var learningRate = options.Optimizer.LearningRate * schedule.Factor(number);
            var outcome = engine.Step(batch, new TrainingStep(number + 1, learningRate));
            (loss, correct, seen, step) = (loss + outcome.Loss, correct + outcome.Correct, seen + outcome.Count, step + 1);
            Observer.Stepped(new StepFacts(progress.Epoch + 1, options.Epochs, step, batches.StepsPerEpoch, outcome.Count, outcome.Loss / outcome.Count, (double)outcome.Correct / outcome.Count, learningRate));

            if (cancellation.IsCancellationRequested)
            {
                Save(engine, Here(), best);
                cancellation.ThrowIfCancellationRequested();
            }
            if (sinceSave.Elapsed.TotalSeconds < options.CheckpointSeconds) continue;
            Save(engine, Here(), best);
            sinceSave.Restart();
        }
        return Here();
    }

    private static (double? Loss, double? Accuracy) Evaluate(ITrainingEngine engine, BatchLoader? batches)
    {
        if (batches is null) return (null, null);
        var (loss, correct, seen) = (0.0, 0L, 0L);
        foreach (var batch in batches.Epoch(0))
        {
            var outcome = engine.Evaluate(batch);
            (loss, correct, seen) = (loss + outcome.Loss, correct + outcome.Correct, seen + outcome.Count);
        }
        return (loss / seen, Accuracy(engine, correct, seen));
    }

    private static double? Accuracy(ITrainingEngine engine, long correct, long seen) => engine.Classifies ? (double)correct / seen : null;

    /// <summary>Puts a finished epoch into the history, and decides whether it is the best so far and whether to stop.</summary>
    private (TrainingProgress Progress, bool Improved) EndEpoch(TrainingProgress progress, EpochMetrics metrics)
    {
        var minDelta = options.EarlyStopping?.MinDelta ?? 0;
        var improved = metrics.ValidationLoss is { } loss && (progress.BestLoss is not { } best || loss < best - minDelta);
        var without = improved ? 0 : progress.EpochsWithoutImprovement + 1;
        var stop = options.EarlyStopping is { } stopping && metrics.ValidationLoss is not null && without >= stopping.Patience && metrics.Epoch < options.Epochs;
        return (new TrainingProgress
        {
            Epoch = progress.Epoch + 1,
            BestEpoch = improved ? metrics.Epoch : progress.BestEpoch,
            BestLoss = improved ? metrics.ValidationLoss : progress.BestLoss,
            EpochsWithoutImprovement = without,
            History = [.. progress.History, metrics],
            Stopped = stop ? $"early stopping: the validation loss has not improved for {without} epochs" : null,
        }, improved);
    }

    private (TrainingProgress Progress, IReadOnlyDictionary<string, Initializer> Best) Resume(ITrainingEngine engine)
    {
        if (CheckpointPath is null || Checkpoint.Load(CheckpointPath, Identity) is not { } checkpoint)
            return (new TrainingProgress(), new Dictionary<string, Initializer>());
        engine.Restore(checkpoint.State);
        return (checkpoint.Progress, checkpoint.Best);
    }

    private void Save(ITrainingEngine engine, TrainingProgress progress, IReadOnlyDictionary<string, Initializer> best)
    {
        if (CheckpointPath is null) return;
        new Checkpoint(progress, engine.Capture().ToDictionary(t => t.Name), best).Save(CheckpointPath, Identity);
        Observer.CheckpointSaved(CheckpointPath);
    }

    private sealed class SilentObserver : ITrainingObserver;
}
