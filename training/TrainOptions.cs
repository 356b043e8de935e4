using OnnxPipeline.Training.Losses;
using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Schedules;

namespace OnnxPipeline.Training;

/// <summary>How a model is trained.</summary>
public sealed record TrainOptions
{
    /// <summary>The training engine: "ort", or "torch" where it was built in.</summary>
    public string Engine { get; init; } = "ort";

    /// <summary>Where the engine runs: "cpu", "cuda" or "cuda:n".</summary>
    public string Device { get; init; } = "cpu";

    public int Epochs { get; init; } = 10;

    /// <summary>Samples a step.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>What training makes small; by default cross-entropy for classes and the mean squared error for values.</summary>
    public LossOptions? Loss { get; init; }

    public OptimizerOptions Optimizer { get; init; } = new AdamOptions();

    public ScheduleOptions Schedule { get; init; } = new ConstantScheduleOptions();

    /// <summary>Largest L2 norm of all gradients together; larger ones are scaled down to it. Null for no limit.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Stops when the validation loss has not improved for some epochs. Null to train them all.</summary>
    public EarlyStoppingOptions? EarlyStopping { get; init; }

    /// <summary>Which weights the trained model keeps: those of the best epoch by validation loss, or the last.</summary>
    public bool KeepBest { get; init; } = true;

    /// <summary>Seconds between checkpoints inside an epoch; one is written after every epoch in any case.</summary>
    public double CheckpointSeconds { get; init; } = 60;

    /// <summary>CPU threads of the engine; 0 for all cores.</summary>
    public int Threads { get; init; }
}

public sealed record EarlyStoppingOptions
{
    /// <summary>Epochs without improvement after which training stops.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>The least decrease of the validation loss that counts as improvement.</summary>
    public double MinDelta { get; init; }
}
