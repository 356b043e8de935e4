namespace OnnxPipeline.Datasets;

/// <summary>Which data, and how it is split. Everything here decides the bytes of the dataset artifact.</summary>
public sealed record DataOptions
{
    /// <summary>A dataset of the registry, for example "fashion-mnist".</summary>
    public string Dataset { get; init; } = "fashion-mnist";

    /// <summary>Share of the training part held out for validation, stratified by class, in [0, 1).</summary>
    public double Validation { get; init; } = 0.1;

    /// <summary>At most this many samples of each split, the first of a seeded, stratified draw; null for all.</summary>
    public int? Limit { get; init; }
}

/// <summary>What is done to a training image each time it is drawn.</summary>
public sealed record AugmentOptions
{
    /// <summary>Probability of a left-right flip, from 0 to 1.</summary>
    public double HorizontalFlip { get; init; }

    /// <summary>Pixels of zero padding on each side before a random crop back to the original size; 0 for no crop.</summary>
    public int CropPadding { get; init; }
}
