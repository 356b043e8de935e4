using OnnxPipeline.Datasets.Sources;

namespace OnnxPipeline.Datasets.Formats;

/// <summary>What distinguishes one dataset in MNIST's form, greyscale images and labels in four IDX files, from another.</summary>
internal sealed record IdxDatasetInfo
{
    public required string Name { get; init; }

    public required string Summary { get; init; }

    public required string Source { get; init; }

    public string? DebianPackage { get; init; }

    public required IReadOnlyList<Uri> Mirrors { get; init; }

    public required IReadOnlyList<string> Labels { get; init; }

    public required SourceFile TrainImages { get; init; }

    public required SourceFile TrainLabels { get; init; }

    public required SourceFile TestImages { get; init; }

    public required SourceFile TestLabels { get; init; }
}

/// <summary>Datasets in MNIST's form: one feature "image", uint8 [1, height, width].</summary>
internal static class IdxDataset
{
    public static DatasetDefinition Define(IdxDatasetInfo info) => new()
    {
        Name = info.Name,
        Summary = info.Summary,
        Source = info.Source,
        DebianPackage = info.DebianPackage,
        Mirrors = info.Mirrors,
        Files = [info.TrainImages, info.TrainLabels, info.TestImages, info.TestLabels],
        Read = reading => new DatasetContent
        {
            Name = info.Name,
            Source = info.Source,
            Labels = info.Labels,
            Train = ReadSamples(reading.Files[0], reading.Files[1], info.Labels.Count),
            Test = ReadSamples(reading.Files[2], reading.Files[3], info.Labels.Count),
        },
    };

    /// <exception cref="DatasetFormatException">A file is damaged, the two do not fit together, or a label is no class.</exception>
    internal static SampleSet ReadSamples(string imagesPath, string labelsPath, int classes)
    {
        var images = IdxReader.ReadFile(imagesPath, rank: 3);
        var labels = IdxReader.ReadFile(labelsPath, rank: 1);
        if (images.Sizes[0] != labels.Sizes[0])
            throw new DatasetFormatException($"{imagesPath} holds {images.Sizes[0]:N0} images, but {labelsPath} {labels.Sizes[0]:N0} labels; expected as many of each.");
        var wrong = labels.Data.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(classes - 1));
        if (wrong >= 0)
            throw new DatasetFormatException($"{labelsPath}: label {labels.Data[wrong]} at sample {wrong:N0}; expected 0 to {classes - 1}.");
        var image = new SampleTensor("image", DataKind.UInt8, [1, images.Sizes[1], images.Sizes[2]], images.Data);
        return new SampleSet([image], Array.ConvertAll(labels.Data, label => (long)label));
    }
}
