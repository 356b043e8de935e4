using System.IO.Compression;
using OnnxPipeline.Datasets;

namespace OnnxPipeline.EndToEnd.Tests;

/// <summary>The real dataset, where this machine has it: the tests download nothing.</summary>
internal static class FashionMnist
{
    public const int Side = 28;
    private const int ImagesHeader = 16;
    private const int LabelsHeader = 8;

    private static readonly string[] Names = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];
    private static readonly Dictionary<string, string?> Files = Find();

    /// <summary>Why the data cannot be had here; null if it can.</summary>
    public static string? Unavailable { get; } = Files.Where(f => f.Value is null).Select(f => f.Key).ToArray() is [.. var missing] && missing.Length > 0
        ? $"needs Fashion-MNIST ({string.Join(", ", missing)} not found): install dataset-fashion-mnist, or set {SourceOptions.MirrorVariable}"
        : null;

    /// <summary>The first test images, [count][28·28], and the names of their classes.</summary>
    public static IReadOnlyList<(byte[] Pixels, string Label)> TestImages(int count)
    {
        using var images = Open("t10k-images-idx3-ubyte.gz", ImagesHeader);
        using var labels = Open("t10k-labels-idx1-ubyte.gz", LabelsHeader);
        var samples = new List<(byte[], string)>();
        for (var i = 0; i < count; i++)
        {
            var pixels = new byte[Side * Side];
            images.ReadExactly(pixels);
            samples.Add((pixels, Names[labels.ReadByte()]));
        }
        return samples;
    }

    private static GZipStream Open(string file, int header)
    {
        var stream = new GZipStream(File.OpenRead(Files[file]!), CompressionMode.Decompress);
        stream.ReadExactly(new byte[header]);
        return stream;
    }

    private static Dictionary<string, string?> Find()
    {
        try
        {
            return DatasetSources.Find(DatasetRegistry.Find("fashion-mnist"), new SourceOptions()).ToDictionary(f => f.File.Name, f => f.Path);
        }
        catch (DatasetSourceException exception)
        {
            return new Dictionary<string, string?> { [exception.Message] = null };
        }
    }
}

/// <summary>A test on real data, skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal class DataFactAttribute : FactAttribute
{
    public DataFactAttribute() => Skip = FashionMnist.Unavailable;
}

/// <summary>A theory on real data, skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DataTheoryAttribute : TheoryAttribute
{
    public DataTheoryAttribute() => Skip = FashionMnist.Unavailable;
}

/// <summary>A test on real data and a small file system of its own.</summary>
internal sealed class DataOnTmpfsFactAttribute : DataFactAttribute
{
    public DataOnTmpfsFactAttribute() => Skip ??= Pipeline.Tests.Fakes.Tmpfs.Unavailable;
}
