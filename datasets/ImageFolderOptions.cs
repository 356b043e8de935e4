using OnnxPipeline.Datasets.Images;

namespace OnnxPipeline.Datasets;

/// <summary>A user's own images: a folder, .zip, .tar or .tar.gz laid out [split/]class/image, where split is train, validation (or val) or test, and image a .png, .jpg, .jpeg, .bmp or .gif.</summary>
public sealed record ImageFolderOptions
{
    /// <summary>The folder or archive. A relative path starts from the recipe's folder, or, given by --set, from the current one.</summary>
    public required string Path { get; init; }

    /// <summary>Height and width in pixels that every image is brought to, for example "32x32"; null for that of the first image, and then all must have it.</summary>
    public string? Size { get; init; }

    /// <summary>Colour or greyscale; images of the other kind are converted (ITU-R BT.601).</summary>
    public ImageChannels Channels { get; init; }

    /// <summary>How an image of another shape is brought to <see cref="Size"/>.</summary>
    public ImageFit Fit { get; init; }

    /// <summary>Leaves images out that cannot be decoded, and records them; else they are an error.</summary>
    public bool SkipBroken { get; init; }

    /// <summary>Share of the images held out for testing when there is no test folder, stratified by class and the same for every seed, in [0, 1).</summary>
    public double Test { get; init; } = 0.2;

    /// <summary>Every fault of these options, each a sentence; empty when there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (string.IsNullOrWhiteSpace(Path)) faults.Add("imageFolder.path is empty; expected a folder or an archive of images.");
        if (Size is not null && !ImageSize.TryParse(Size, out _)) faults.Add($"imageFolder.size is '{Size}'; expected height x width in pixels, each from 1 to 9999, for example 32x32.");
        if (!Enum.IsDefined(Channels)) faults.Add($"imageFolder.channels is {Channels}; expected one of {string.Join(", ", Enum.GetNames<ImageChannels>())}.");
        if (!Enum.IsDefined(Fit)) faults.Add($"imageFolder.fit is {Fit}; expected one of {string.Join(", ", Enum.GetNames<ImageFit>())}.");
        if (!(Test is >= 0 and < 1)) faults.Add($"imageFolder.test is {Test}; expected a share of the images in [0, 1), for example 0.2.");
        return faults;
    }
}
