using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Training.Losses;

namespace OnnxPipeline.Compression;

/// <summary>What one-shot pruning works with besides the model; all of it may be left out.</summary>
public sealed record OneShotPruneSetup
{
    /// <summary>Samples whose answers are known, to see what pruning costs.</summary>
    public HeldOutSamples? HeldOut { get; init; }

    /// <summary>Samples that the criterion taylor takes gradients on; the model must be in training's form and take them as they are.</summary>
    public DatasetSplit? Training { get; init; }

    /// <summary>The loss of those gradients; null for cross-entropy.</summary>
    public LossOptions? Loss { get; init; }

    /// <summary>
    /// How much worse the pruned model may be on the held-out samples, in points of accuracy, or in percent of the error for a regression;
    /// the amount then is the largest of ten up to the one asked for that costs no more, or 0. Null for no limit.
    /// </summary>
    public double? MaxDrop { get; init; }

    /// <summary>Measures what pruning each layer alone costs; null for not.</summary>
    public SensitivityOptions? Sensitivity { get; init; }
}
