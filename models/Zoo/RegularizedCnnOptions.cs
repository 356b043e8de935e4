namespace OnnxPipeline.Models.Zoo;

/// <summary>A strong network for small images: blocks of (Conv 3x3, BatchNorm, activation), pooled, with dropout that rises with depth, and an average over all positions before the head.</summary>
public sealed record RegularizedCnnOptions : ModelOptions
{
    /// <summary>Channels of each block; all but the last block end with a 2x2 max pooling.</summary>
    public IReadOnlyList<int> Widths { get; init; } = [32, 64, 128];

    /// <summary>Convolutions of each block.</summary>
    public int ConvsPerBlock { get; init; } = 2;

    /// <summary>Probability that a value is dropped at the end of each block while training, each in [0, 1).</summary>
    public IReadOnlyList<double> Dropouts { get; init; } = [0.1, 0.2, 0.3];

    /// <summary>Probability that an averaged feature is dropped before the head while training, in [0, 1).</summary>
    public double HeadDropout { get; init; } = 0.3;

    public Activation Activation { get; init; } = Activation.Relu;

    public Initialization Init { get; init; } = Initialization.KaimingNormal;
}
