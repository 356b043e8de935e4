using OnnxPipeline.Training.Probes;

namespace OnnxPipeline.Training.Loop;

/// <summary>The figures of one finished epoch.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="Steps">Steps taken since training began.</param>
/// <param name="LearningRate">The rate of the epoch's last step.</param>
/// <param name="TrainLoss">Mean over the epoch's samples, as they were met.</param>
/// <param name="TrainAccuracy">From 0 to 1, as they were met; null in a regression.</param>
/// <param name="ValidationLoss">Mean over the validation samples at the epoch's end; null without any.</param>
/// <param name="ValidationAccuracy">From 0 to 1.</param>
public sealed record EpochMetrics(int Epoch, long Steps, double LearningRate, double TrainLoss, double? TrainAccuracy, double? ValidationLoss, double? ValidationAccuracy)
{
    /// <summary>What was inside the model at the epoch's end; null where it was not asked for.</summary>
    public ProbeFacts? Probes { get; init; }
}

/// <summary>Where a run stands; with the engine's tensors, all that a resumed run needs to go on to the same result.</summary>
public sealed record TrainingProgress
{
    /// <summary>The epoch under way, counted from 0; equal to the number of epochs when training is over.</summary>
    public int Epoch { get; init; }

    /// <summary>Steps of that epoch already taken.</summary>
    public int StepInEpoch { get; init; }

    /// <summary>Loss summed over the samples of the epoch under way.</summary>
    public double LossSum { get; init; }

    public long Correct { get; init; }

    public long Seen { get; init; }

    public int? BestEpoch { get; init; }

    /// <summary>The monitored figure of the best epoch.</summary>
    public double? Best { get; init; }

    public int EpochsWithoutImprovement { get; init; }

    public IReadOnlyList<EpochMetrics> History { get; init; } = [];

    /// <summary>By epoch; not a number where nothing was validated.</summary>
    internal IReadOnlyList<double> ValidationLosses => [.. History.Select(m => m.ValidationLoss ?? double.NaN)];

    /// <summary>Why training stopped before its last epoch; null while it goes on or when it ran through.</summary>
    public string? Stopped { get; init; }
}
