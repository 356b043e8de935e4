using OnnxPipeline.Training.Averaging;
using OnnxPipeline.Training.FineTuning;
using OnnxPipeline.Training.Losses;
using OnnxPipeline.Training.LowRank;
using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Schedules;

namespace OnnxPipeline.Training;

/// <summary>How a model is trained.</summary>
public sealed record TrainOptions
{
    /// <summary>The training engine: "ort", "torch" where it was built in, or "auto": "torch" on CUDA where it was built in, else "ort".</summary>
    public string Engine { get; init; } = "ort";

    /// <summary>Where the engine runs: "cpu", "cuda" or "cuda:n".</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>What the engine "torch" computes products in; weights and the optimizer's state stay float32. The engine "ort" trains in float32.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>Whether the engine "torch" uses only operations on CUDA that give the same bits again, and stops at one that does not, at a cost in speed. On the CPU all of them do.</summary>
    public bool Deterministic { get; init; }

    public int Epochs { get; init; } = 10;

    /// <summary>Samples a batch; 0 for all training samples at once (full batch).</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Samples a batch of a training part of so many.</summary>
    public int BatchSizeFor(int samples) => BatchSize == 0 ? samples : Math.Min(BatchSize, samples);

    /// <summary>Draws every class equally often in each epoch, repeating rare ones; an epoch is as long as ever. The loss's own balanceClasses weights them instead.</summary>
    public bool BalanceClasses { get; init; }

    /// <summary>Batches a step: their gradients are averaged, so that a step is that of one batch so many times as large. Batch normalisation still sees each batch by itself.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>What training makes small; by default cross-entropy for classes and the mean squared error for values.</summary>
    public LossOptions? Loss { get; init; }

    public OptimizerOptions Optimizer { get; init; } = new AdamOptions();

    public ScheduleOptions Schedule { get; init; } = new ConstantScheduleOptions();

    /// <summary>What is added to the loss for the size of the weights. Null for nothing.</summary>
    public PenaltyOptions? Penalty { get; init; }

    /// <summary>Parameters with a learning rate or weight decay of their own; the first group that matches a parameter has it.</summary>
    public IReadOnlyList<GroupOptions> Groups { get; init; } = [];

    /// <summary>
    /// Names of parameters that keep their values, for example "whiten.weight"; * stands for any characters. Running statistics are no parameters:
    /// batch normalisation whose factor and offset are both frozen keeps them, too, and works by them.
    /// </summary>
    public IReadOnlyList<string> Freeze { get; init; } = [];

    /// <summary>Trains low-rank changes of some weights in place of all weights. Null to train the weights themselves.</summary>
    public LoraOptions? Lora { get; init; }

    /// <summary>Which layers are trained from when on, and how fast each of them, for a model that has learnt something already. Null for all alike.</summary>
    public FineTuneOptions? FineTune { get; init; }

    /// <summary>Averages the weights over training; the averages are validated, kept as best and exported. Null for none.</summary>
    public AveragingOptions? Averaging { get; init; }

    /// <summary>Largest L2 norm of all gradients together; larger ones are scaled down to it. Null for no limit.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>Which figure of the validation samples says what epoch is best, and when training no longer improves.</summary>
    public Monitor Monitor { get; init; } = Monitor.Loss;

    /// <summary>Stops when the monitored figure has not improved for some epochs. Null to train them all.</summary>
    public EarlyStoppingOptions? EarlyStopping { get; init; }

    /// <summary>Which weights the trained model keeps: those of the best validated epoch, or the last.</summary>
    public bool KeepBest { get; init; } = true;

    /// <summary>Measures the insides of the model after every epoch, for the report: layers' outputs, gradients, weights.</summary>
    public bool Probes { get; init; }

    /// <summary>Seconds between checkpoints inside an epoch; one is written after every epoch in any case.</summary>
    public double CheckpointSeconds { get; init; } = 60;

    /// <summary>CPU threads of the engine; 0 for all cores.</summary>
    public int Threads { get; init; }
}

/// <summary>How wide numbers are in training.</summary>
public enum Precision
{
    Float32,

    /// <summary>Products in bfloat16, which has float32's range.</summary>
    Bfloat16,

    /// <summary>Products in float16, with a loss scale that follows the gradients.</summary>
    Float16,
}

/// <summary>A figure of the validation samples.</summary>
public enum Monitor
{
    /// <summary>Mean loss; less is better.</summary>
    Loss,

    /// <summary>Share of right answers; more is better.</summary>
    Accuracy,
}

public sealed record EarlyStoppingOptions
{
    /// <summary>Epochs without improvement after which training stops.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>The least change of the monitored figure that counts as improvement.</summary>
    public double MinDelta { get; init; }
}
