namespace OnnxPipeline.Compression.QuantizationAware;

/// <summary>How the ranges of activations are found in quantisation-aware training.</summary>
public enum RangeLearning
{
    /// <summary>Moving averages of each batch's smallest and largest value. Source: Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only inference", 2018.</summary>
    MovingAverage,

    /// <summary>The step between two levels is a weight with a gradient of its own; ranges are symmetric, or begin at 0. Source: Esser et al., "Learned step size quantization", 2020.</summary>
    LearnedStep,
}
