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

    /// <summary>What batch normalisation does in training.</summary>
    public BundleBatchNorm BatchNorm { get; init; } = BundleBatchNorm.Frozen;

    /// <summary>Classes that the model gets beyond those it knows, for an app to name and teach. Nothing is ever taken for one before it is named.</summary>
    public int SpareClasses { get; init; }
}

/// <summary>What batch normalisation does where a bundle is trained.</summary>
public enum BundleBatchNorm
{
    /// <summary>It scales by the running statistics, which stay: right for the few samples that a device has at once.</summary>
    Frozen,

    /// <summary>It scales by the batch's own statistics, and the running ones follow: for batches of some dozens and up.</summary>
    Batch,
}
