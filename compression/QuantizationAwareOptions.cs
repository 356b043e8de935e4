using OnnxPipeline.Compression.QuantizationAware;

namespace OnnxPipeline.Compression;

/// <summary>
/// Fine-tunes a trained model with weights and activations rounded as int8 arithmetic will round them. All else is as the training
/// before it; the rate falls by a cosine, and neither averaging nor early stopping takes part.
/// </summary>
public sealed record QuantizationAwareOptions
{
    /// <summary>Epochs of fine-tuning.</summary>
    public int Epochs { get; init; } = 3;

    /// <summary>The learning rate as a share of training's own, above 0.</summary>
    public double LearningRateShare { get; init; } = 0.1;

    /// <summary>Where the ranges of activations come from.</summary>
    public RangeLearning Ranges { get; init; } = RangeLearning.MovingAverage;

    /// <summary>Training batches that the ranges begin with.</summary>
    public int CalibrationBatches { get; init; } = 10;
}
