using System.Diagnostics;
using OnnxPipeline.Datasets;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Probes;
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

    /// <summary>Changes the masks of weights while training goes on; null to keep those that the engine has.</summary>
    public IMaskSchedule? MaskSchedule { get; init; }

    /// <summary>The epoch to begin with, counted from 0: the weights are those after so many. Steps and schedules are counted as if the earlier ones had been.</summary>
    public int FirstEpoch { get; init; }

    /// <summary>Ends after so many epochs, as if interrupted there; null to train them all.</summary>
    public int? UntilEpoch { get; init; }

    /// <summary>What fills tensors of training batches that are not the dataset's, such as a teacher's answers; null for nothing.</summary>
    public IBatchExtras? Extras { get; init; }

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
        using var batches = new BatchLoader(train, new BatchOptions { BatchSize = options.BatchSizeFor(train.Count), Shuffle = true, BalanceClasses = options.BalanceClasses, DropLast = true, Seed = seed, Augment = Augment, Extras = Extras?.Tensors ?? [] });
        using var validationBatches = validation.Count > 0 ? new BatchLoader(validation, new BatchOptions { BatchSize = Math.Min(EvaluationBatch, validation.Count) }) : null;
        if (options.Monitor == Monitor.Accuracy && !engine.Classifies) throw new TrainingException("train.monitor: accuracy is of classes, and this model gives values; set train.monitor to loss.");
        using var prober = options.Probes ? new Prober(model, options, train) : null;
        var stepsPerEpoch = StepsPerEpoch(batches);
        var schedule = Schedule.Create(options.Schedule, (long)options.Epochs * stepsPerEpoch, stepsPerEpoch);
        var checkpoint = new CheckpointFile(CheckpointPath, Identity, Observer);
        var judge = new EpochJudge(options);

        var (progress, best) = checkpoint.Resume(engine);
        progress = progress with { Epoch = Math.Max(progress.Epoch, FirstEpoch) };
        Observer.Started(engine.Description, options.Epochs, stepsPerEpoch, progress);
        while (progress.Epoch < (UntilEpoch ?? options.Epochs) && progress.Stopped is null)
        {
            schedule = schedule.After(progress.ValidationLosses);
            progress = TrainEpoch(engine, batches, stepsPerEpoch, schedule, progress, at => checkpoint.Save(engine, at, best), cancellation);
            engine.EndEpoch(progress.Epoch + 1, batches);
            var (validationLoss, validationAccuracy) = Evaluate(engine, validationBatches);
            var steps = (long)(progress.Epoch + 1) * stepsPerEpoch;
            var metrics = new EpochMetrics(progress.Epoch + 1, steps, options.Optimizer.LearningRate * schedule.Factor(steps - 1),
                progress.LossSum / progress.Seen, Accuracy(engine, progress.Correct, progress.Seen), validationLoss, validationAccuracy) { Probes = prober?.Measure(engine) };

            (progress, var improved) = judge.End(progress, metrics);
            if (improved && options.KeepBest) best = engine.Capture().ToDictionary(t => t.Name);
            Observer.EpochEnded(metrics, improved);
            checkpoint.Save(engine, progress, best);
            cancellation.ThrowIfCancellationRequested();
        }
        if (progress.Stopped is { } reason) Observer.Stopped(reason);

        var trained = model.Clone();
        if (best.Count > 0) engine.Restore(best);
        engine.CopyWeightsTo(trained);
        return new TrainResult(trained, progress);
    }

    private TrainingProgress TrainEpoch(ITrainingEngine engine, BatchLoader batches, int stepsPerEpoch, ISchedule schedule, TrainingProgress progress, Action<TrainingProgress> save, CancellationToken cancellation)
    {
        var (loss, correct, seen, step) = (progress.LossSum, progress.Correct, progress.Seen, progress.StepInEpoch);
        TrainingProgress Here() => progress with { StepInEpoch = step, LossSum = loss, Correct = correct, Seen = seen };

        var sinceSave = Stopwatch.StartNew();
        var part = 0;
        var outcome = default(StepOutcome);
        foreach (var batch in batches.Epoch(progress.Epoch, step * options.Accumulate))
        {
            if (step == stepsPerEpoch) break;
            var number = (long)progress.Epoch * stepsPerEpoch + step;
            var learningRate = options.Optimizer.LearningRate * schedule.Factor(number);
            if (part == 0 && MaskSchedule?.Before(number, (long)options.Epochs * stepsPerEpoch, engine.Capture) is { } masks) engine.SetMasks(masks);
            Extras?.Fill(batch);
            outcome += engine.Step(batch, new TrainingStep(number + 1, learningRate, progress.Epoch) { Part = part, Parts = options.Accumulate });
            if (++part < options.Accumulate) continue;

            (loss, correct, seen, step) = (loss + outcome.Loss, correct + outcome.Correct, seen + outcome.Count, step + 1);
            Observer.Stepped(new StepFacts(progress.Epoch + 1, options.Epochs, step, stepsPerEpoch, outcome.Count, outcome.Loss / outcome.Count, (double)outcome.Correct / outcome.Count, learningRate));
            (part, outcome) = (0, default);

            if (cancellation.IsCancellationRequested)
            {
                save(Here());
                cancellation.ThrowIfCancellationRequested();
            }
            if (sinceSave.Elapsed.TotalSeconds < options.CheckpointSeconds) continue;
            save(Here());
            sinceSave.Restart();
        }
        return Here();
    }

    private static (double? Loss, double? Accuracy) Evaluate(ITrainingEngine engine, BatchLoader? batches)
    {
        if (batches is null) return (null, null);
        var total = default(StepOutcome);
        foreach (var batch in batches.Epoch(0)) total += engine.Evaluate(batch);
        return (total.Loss / total.Count, Accuracy(engine, total.Correct, total.Count));
    }

    private static double? Accuracy(ITrainingEngine engine, long correct, long seen) => engine.Classifies ? (double)correct / seen : null;

    /// <summary>Batches left over at the end of an epoch, too few for a step, are not trained on.</summary>
    private int StepsPerEpoch(BatchLoader batches) => batches.StepsPerEpoch >= options.Accumulate
        ? batches.StepsPerEpoch / options.Accumulate
        : throw new TrainingException($"train.accumulate: a step takes {options.Accumulate} batches, but the training samples make {batches.StepsPerEpoch} of {options.BatchSize}; lower train.accumulate or train.batchSize.");
}
