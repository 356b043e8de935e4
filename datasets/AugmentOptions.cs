using OnnxPipeline.Datasets.Batches;

namespace OnnxPipeline.Datasets;

/// <summary>
/// What is done to a training image each time it is drawn, in this order whichever of them are on: crop, left-right flip,
/// top-bottom flip, translation, rotation, colour jitter, random erasing, cutout, and last mixup or cutmix. What an option draws does not depend on the others.
/// </summary>
public sealed record AugmentOptions
{
    /// <summary>Beyond it, Beta(alpha, alpha) is all but the constant one half.</summary>
    private const int MaxAlpha = 1000;

    /// <summary>Probability of a left-right flip, from 0 to 1.</summary>
    public double HorizontalFlip { get; init; }

    /// <summary>Flips a random half of the samples left to right in even epochs and the other half in odd ones, so that two epochs show both views of each. Excludes <see cref="HorizontalFlip"/>. Source: Jordan, "94% on CIFAR-10 in 3.29 seconds on a single GPU", 2024.</summary>
    public bool AlternatingFlip { get; init; }

    /// <summary>Probability of a top-bottom flip, from 0 to 1.</summary>
    public double VerticalFlip { get; init; }

    /// <summary>Pixels of padding on each side before a random crop back to the original size; 0 for no crop.</summary>
    public int CropPadding { get; init; }

    /// <summary>What the padding of a crop is made of.</summary>
    public CropFill CropFill { get; init; }

    /// <summary>Largest shift in pixels, down or up and right or left, each drawn uniformly; zeros move in. 0 for none.</summary>
    public int Translate { get; init; }

    /// <summary>Largest rotation in degrees, from 0 to 180, either way about the centre; the angle is drawn uniformly, pixels are interpolated bilinearly, zeros move in. 0 for none.</summary>
    public double Rotate { get; init; }

    /// <summary>Changes of brightness, contrast and saturation; null for none.</summary>
    public ColorJitterOptions? ColorJitter { get; init; }

    /// <summary>Probability, from 0 to 1, that a random rectangle of 0.02 to 0.33 of the area, 0.3 to 3.3 times as high as wide, becomes noise. Source: Zhong, Zheng, Kang, Li and Yang, "Random erasing data augmentation", AAAI 2020.</summary>
    public double RandomErasing { get; init; }

    /// <summary>Side in pixels of a square of zeros, centred on a random pixel and clipped at the edges; 0 for none. Source: DeVries and Taylor, "Improved regularization of convolutional neural networks with cutout", 2017.</summary>
    public int Cutout { get; init; }

    /// <summary>
    /// The alpha of mixup, 0 for none: each batch draws a share s from Beta(alpha, alpha), and every image becomes s times itself plus
    /// 1 - s times another of the batch, rounded to whole pixel values; its labels count by the same shares. With cutmix too,
    /// each batch draws one of the two, as likely as the other. Source: Zhang, Cisse, Dauphin and Lopez-Paz, "mixup: beyond empirical risk minimization", ICLR 2018.
    /// </summary>
    public double Mixup { get; init; }

    /// <summary>
    /// The alpha of cutmix, 0 for none: each batch draws a share s from Beta(alpha, alpha) and a rectangle of 1 - s of the area, its centre anywhere,
    /// clipped at the edges; every image shows another of the batch there, and the labels count by the areas. Source: Yun, Han, Oh, Chun, Choe and Yoo,
    /// "CutMix: regularization strategy to train strong classifiers with localizable features", ICCV 2019.
    /// </summary>
    public double Cutmix { get; init; }

    /// <summary>True when batches carry a second label for each sample.</summary>
    public bool MixesLabels() => Mixup != 0 || Cutmix != 0;

    /// <summary>True when a sample is not the same each time it is drawn.</summary>
    public bool ChangesSamples() => IsActive || MixesLabels();

    /// <summary>True when anything is done to single images.</summary>
    internal bool IsActive => ImageAugmenter.InOrder(this).Count > 0;

    /// <summary>Every fault of these options by themselves; empty when there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        Share("horizontalFlip", HorizontalFlip, "a probability");
        if (AlternatingFlip && HorizontalFlip != 0) faults.Add($"alternatingFlip is on and horizontalFlip is {HorizontalFlip}; both decide the left-right flip. Set one of them only.");
        Share("verticalFlip", VerticalFlip, "a probability");
        Pixels("cropPadding", CropPadding, "crop");
        if (!Enum.IsDefined(CropFill)) faults.Add($"cropFill is {CropFill}; expected one of {string.Join(", ", Enum.GetNames<CropFill>())}.");
        Pixels("translate", Translate, "translation");
        if (!(Rotate is >= 0 and <= 180)) faults.Add($"rotate is {Rotate}; expected degrees from 0 to 180.");
        Share("colorJitter.brightness", ColorJitter?.Brightness ?? 0, "a strength");
        Share("colorJitter.contrast", ColorJitter?.Contrast ?? 0, "a strength");
        Share("colorJitter.saturation", ColorJitter?.Saturation ?? 0, "a strength");
        Share("randomErasing", RandomErasing, "a probability");
        Pixels("cutout", Cutout, "cutout");
        Alpha("mixup", Mixup);
        Alpha("cutmix", Cutmix);
        return faults;

        void Alpha(string key, double value)
        {
            if (!(value is >= 0 and <= MaxAlpha)) faults.Add($"{key} is {value}; expected an alpha from 0, for none, to {MaxAlpha}.");
        }

        void Share(string key, double value, string expected)
        {
            if (!(value is >= 0 and <= 1)) faults.Add($"{key} is {value}; expected {expected} from 0 to 1.");
        }

        void Pixels(string key, int value, string what)
        {
            if (value < 0) faults.Add($"{key} is {value}; expected a number of pixels, 0 for no {what}.");
        }
    }

    /// <summary>Every fault of these options with the features of <paramref name="split"/>: there must be a uint8 image [C,H,W], and each must be large enough and have the channels for what is asked.</summary>
    public IReadOnlyList<string> Validate(DatasetSplit split)
    {
        var faults = new List<string>(Validate());
        if (!IsActive && !MixesLabels()) return faults;
        var images = split.Features.Where(f => f.IsImage).ToArray();
        if (images.Length == 0)
            faults.Add($"augmentation needs a feature that is an image, uint8 [C,H,W]; the dataset has {string.Join(", ", split.Features)}. Remove the augmentation.");
        foreach (var image in images)
        {
            var side = Math.Min(image.ItemShape[1], image.ItemShape[2]);
            if (CropPadding >= side) faults.Add($"cropPadding is {CropPadding}, but feature {image} is only {side} pixels on its shorter side; expected less, or a crop could miss the image.");
            if (Translate >= side) faults.Add($"translate is {Translate}, but feature {image} is only {side} pixels on its shorter side; expected less, or the image could leave the frame.");
            if (Cutout > side) faults.Add($"cutout is {Cutout}, but feature {image} is only {side} pixels on its shorter side; expected no more, or nothing could be left of it.");
            if (ColorJitter is { Saturation: not 0 } && image.ItemShape[0] != 3)
                faults.Add($"colorJitter.saturation is {ColorJitter.Saturation}, but feature {image} has {image.ItemShape[0]} channel(s); saturation needs the three of RGB. Set it to 0.");
        }
        if (MixesLabels() && split.Features.Count > 1)
            faults.Add($"mixup and cutmix need the image to be the only feature; the dataset has {string.Join(", ", split.Features)}. Set both to 0.");
        if (MixesLabels() && split.Label.Kind != DataKind.Int64)
            faults.Add($"mixup and cutmix mix classes, but the labels are {split.Label}. Set both to 0.");
        return faults;
    }
}
