namespace OnnxPipeline.Models.Zoo;

/// <summary>The network of Keller Jordan, "94% on CIFAR-10 in 3.29 seconds on a single GPU" (2024, arXiv 2404.00498): filters that whiten 2x2 patches, then groups of convolutions.</summary>
public sealed record AirbenchOptions : ModelOptions
{
    /// <summary>Channels of each group; every group halves the image.</summary>
    public IReadOnlyList<int> Widths { get; init; } = [64, 256, 256];

    /// <summary>Convolutions of each group; the pooling comes after the first.</summary>
    public int ConvsPerGroup { get; init; } = 2;

    /// <summary>Whether the whitening filters are trained; their bias always is.</summary>
    public bool TrainWhitening { get; init; }
}
