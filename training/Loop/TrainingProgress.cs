namespace OnnxPipeline.Training.Loop;

/// <summary>The figures of one finished epoch. Losses are means over samples; accuracies are from 0 to 1.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="Steps">Steps taken since training began.</param>
public sealed record EpochMetrics(int Epoch, long Steps, double LearningRate, double TrainLoss, double TrainAccuracy, double? ValidationLoss, double? ValidationAccuracy);

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

    public double? BestLoss { get; init; }

    public int EpochsWithoutImprovement { get; init; }

    public IReadOnlyList<EpochMetrics> History { get; init; } = [];

    /// <summary>Why training stopped before its last epoch; null while it goes on or when it ran through.</summary>
    public string? Stopped { get; init; }
}
