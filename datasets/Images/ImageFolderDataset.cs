namespace OnnxPipeline.Datasets.Images;

/// <summary>The images of a user's own.</summary>
internal static class ImageFolderDataset
{
    public const string Name = "image-folder";

    public static DatasetDefinition Definition { get; } = new()
    {
        Name = Name,
        Summary = "Your own images: a folder, .zip, .tar or .tar.gz laid out [split/]class/image",
        Source = "data.imageFolder.path",
        Files = [],
        Mirrors = [],
        Read = reading => new ImageFolderReader(Open(reading.Options), reading.Options.ImageFolder!, reading.Scratch).Read(reading.Cancellation),
        Fingerprint = (options, cancellation) => Open(options).Fingerprint(cancellation),
        // Where the images lie changes nothing: their content is in the fingerprint.
        Deciding = options => options with { ImageFolder = options.ImageFolder! with { Path = "" } },
    };

    private static IImageSource Open(DataOptions options) => ImageSources.Open(options.ImageFolder!.Path);
}
