using OnnxPipeline.Training.FineTuning;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.Bundles;

/// <summary>How a model is to be trained inside an app.</summary>
public sealed record BundleOptions
{
    /// <summary>Names of the weights that a device trains, for example "head.*"; * stands for any characters. The others are constants of the graphs. Empty for all weights.</summary>
    public IReadOnlyList<string> Train { get; init; } = [];

    /// <summary>SGD, with or without momentum, Adam or AdamW. Its learning rate is what a device takes where the app names none.</summary>
    public OptimizerOptions Optimizer { get; init; } = new AdamWOptions();

    /// <summary>Batches a step: their gradients are averaged, so that a device with little memory takes a large batch in parts.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>What becomes of batch normalisation in layers that are trained; in frozen ones it is frozen. A device has few samples at once, so that their statistics say little.</summary>
    public BatchNormTuning BatchNorm { get; init; } = BatchNormTuning.Frozen;

    /// <summary>Classes that the model gets beyond those it knows, for an app to name and teach. Nothing is ever taken for one before it is named.</summary>
    public int SpareClasses { get; init; }
}
