namespace OnnxPipeline.Datasets;

/// <summary>What is done to a training image each time it is drawn.</summary>
public sealed record AugmentOptions
{
    /// <summary>Probability of a left-right flip, from 0 to 1.</summary>
    public double HorizontalFlip { get; init; }

    /// <summary>Pixels of zero padding on each side before a random crop back to the original size; 0 for no crop.</summary>
    public int CropPadding { get; init; }

    /// <summary>True when anything is done at all.</summary>
    internal bool IsActive => HorizontalFlip != 0 || CropPadding != 0;

    /// <summary>Every fault of these options by themselves; empty when there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (!(HorizontalFlip is >= 0 and <= 1)) faults.Add($"horizontalFlip is {HorizontalFlip}; expected a probability from 0 to 1.");
        if (CropPadding < 0) faults.Add($"cropPadding is {CropPadding}; expected a number of pixels, 0 for no crop.");
        return faults;
    }

    /// <summary>Every fault of these options with the features of <paramref name="split"/>: there must be a uint8 image [C,H,W], larger than the padding.</summary>
    public IReadOnlyList<string> Validate(DatasetSplit split)
    {
        var faults = new List<string>(Validate());
        if (!IsActive) return faults;
        var images = split.Features.Where(f => f.IsImage).ToArray();
        if (images.Length == 0)
            faults.Add($"augmentation needs a feature that is an image, uint8 [C,H,W]; the dataset has {string.Join(", ", split.Features)}. Remove the augmentation.");
        foreach (var image in images)
        {
            var side = Math.Min(image.ItemShape[1], image.ItemShape[2]);
            if (CropPadding >= side) faults.Add($"cropPadding is {CropPadding}, but feature {image} is only {side} pixels on its shorter side; expected less, or a crop could miss the image.");
        }
        return faults;
    }
}
