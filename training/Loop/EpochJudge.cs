namespace OnnxPipeline.Training.Loop;

/// <summary>Puts finished epochs into the history, and decides which is the best so far and whether to stop.</summary>
internal sealed class EpochJudge(TrainOptions options)
{
    /// <returns>Where the run stands now, and whether the epoch is the best so far.</returns>
    public (TrainingProgress Progress, bool Improved) End(TrainingProgress progress, EpochMetrics metrics)
    {
        var figure = Figure(metrics);
        var improved = figure is { } value && IsBetter(value, progress.Best);
        var without = improved ? 0 : progress.EpochsWithoutImprovement + 1;
        var stop = options.EarlyStopping is { } stopping && figure is not null && without >= stopping.Patience && metrics.Epoch < options.Epochs;
        return (new TrainingProgress
        {
            Epoch = progress.Epoch + 1,
            BestEpoch = improved ? metrics.Epoch : progress.BestEpoch,
            Best = improved ? figure : progress.Best,
            EpochsWithoutImprovement = without,
            History = [.. progress.History, metrics],
            Stopped = stop ? $"early stopping: the validation {(options.Monitor == Monitor.Loss ? "loss" : "accuracy")} has not improved for {without} epochs" : null,
        }, improved);
    }

    private double? Figure(EpochMetrics metrics) => options.Monitor == Monitor.Loss ? metrics.ValidationLoss : metrics.ValidationAccuracy;

    private bool IsBetter(double figure, double? best)
    {
        var minDelta = options.EarlyStopping?.MinDelta ?? 0;
        return best is null || (options.Monitor == Monitor.Loss ? figure < best - minDelta : figure > best + minDelta);
    }
}
