namespace OnnxPipeline.Models.Zoo;

/// <summary>
/// Residual blocks: each group of P convolutions is one block, added to its input and closed by a pooling; then hidden linear
/// layers and a linear head. Kernels must be odd, so that an image keeps its size within a block.
/// </summary>
public sealed record ResNetOptions : ConvBlockOptions
{
    public ResNetOptions() => BatchNorm = true;

    /// <summary>Whether a block narrows its channels with a 1x1 convolution first, and widens them again with one at its end.</summary>
    public bool Bottleneck { get; init; }

    /// <summary>In a bottleneck, how many times fewer channels its inner convolutions have than <c>filters</c> says; at least one is left.</summary>
    public int BottleneckFactor { get; init; } = 4;
}
