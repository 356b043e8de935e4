namespace OnnxPipeline.Datasets.Formats;

/// <summary>CIFAR-10: one feature "image", uint8 [3, 32, 32], the channels red, green and blue.</summary>
internal static class CifarDataset
{
    private static readonly string[] Labels = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    public static DatasetDefinition Cifar10 { get; } = new()
    {
        Name = "cifar10",
        Summary = "Small photographs: 50,000 + 10,000 colour images of 32x32 pixels, 10 classes",
        Source = "Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html",
        Mirrors = [new("https://www.cs.toronto.edu/~kriz/")],
        Files = [new("cifar-10-binary.tar.gz", 170_052_171, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd") { SumOfPublished = true }],
        Read = reading => Read(reading.Files[0]),
    };

    /// <exception cref="DatasetFormatException">The archive is damaged, or holds something else.</exception>
    private static DatasetContent Read(string path)
    {
        var (train, test) = new CifarArchive(path, Labels).Read();
        return new DatasetContent { Name = Cifar10.Name, Source = Cifar10.Source, Labels = Labels, Train = train, Test = test };
    }
}
