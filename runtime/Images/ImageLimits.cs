namespace OnnxPipeline.Runtime.Images;

/// <summary>What a decoder accepts. A file of a few kilobytes can claim gigabytes of pixels, so its header is checked first.</summary>
public sealed record ImageLimits
{
    public static readonly ImageLimits Default = new();

    /// <summary>The most bytes a file may have.</summary>
    public long MaxBytes { get; init; } = 256L << 20;

    /// <summary>The most pixels (width times height) an image may have; 64 million take 192 MB as RGB.</summary>
    public long MaxPixels { get; init; } = 64_000_000;

    /// <summary>The most pixels a side may have.</summary>
    public int MaxSide { get; init; } = 32_768;
}
