using OnnxPipeline.Datasets.Batches.Augmentations;

namespace OnnxPipeline.Datasets.Batches;

/// <summary>Copies images and changes the copies as the options say. For one thread at a time.</summary>
/// <param name="options">Options without faults.</param>
/// <param name="largestImage">Bytes of the largest image there will be.</param>
internal sealed class ImageAugmenter(AugmentOptions options, int largestImage)
{
    private readonly IAugmentation[] _augmentations = [.. InOrder(options)];
    private readonly byte[] _spare = new byte[largestImage];

    /// <summary>
    /// What the options ask for, in the order in which it is done. What moves pixels comes first and what makes holes last, so
    /// that no hole is turned, tinted or filled by a reflection.
    /// </summary>
    public static IReadOnlyList<IAugmentation> InOrder(AugmentOptions options)
    {
        IAugmentation?[] all =
        [
            options.CropPadding != 0 ? new RandomCrop(options.CropPadding, options.CropFill) : null,
            options.HorizontalFlip != 0 ? new HorizontalFlip(options.HorizontalFlip) : null,
            options.AlternatingFlip ? new AlternatingFlip() : null,
            options.VerticalFlip != 0 ? new VerticalFlip(options.VerticalFlip) : null,
            options.Translate != 0 ? new Translation(options.Translate) : null,
            options.Rotate != 0 ? new Rotation(options.Rotate) : null,
            options.ColorJitter is { IsActive: true } jitter ? new ColorJitter(jitter) : null,
            options.RandomErasing != 0 ? new RandomErasing(options.RandomErasing) : null,
            options.Cutout != 0 ? new Cutout(options.Cutout) : null,
        ];
        return [.. all.OfType<IAugmentation>()];
    }

    /// <summary>Writes <paramref name="source"/>, uint8 [channels, <paramref name="height"/>, <paramref name="width"/>], changed as <paramref name="sample"/> draws, into <paramref name="target"/> of the same shape.</summary>
    public void Apply(in AugmentedSample sample, ReadOnlySpan<byte> source, Span<byte> target, int height, int width)
    {
        source.CopyTo(target);
        var image = new ImageView(target, _spare, height, width);
        foreach (var augmentation in _augmentations) augmentation.Apply(image, sample);
    }
}
