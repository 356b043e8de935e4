using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using OnnxPipeline.Datasets.Formats;
using OnnxPipeline.Datasets.Sources;

namespace OnnxPipeline.Datasets.Tests;

/// <summary>Generated data: IDX files of any shape, and a whole dataset in MNIST's form.</summary>
internal static class SmallData
{
    public const int Height = 6;
    public const int Width = 5;

    /// <summary>An IDX file's bytes, written apart from the reader that is tested.</summary>
    public static byte[] Idx(byte[] data, params int[] sizes)
    {
        var bytes = new byte[4 + (4 * sizes.Length) + data.Length];
        bytes[2] = 0x08;
        bytes[3] = (byte)sizes.Length;
        for (var axis = 0; axis < sizes.Length; axis++) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 + (4 * axis)), sizes[axis]);
        data.CopyTo(bytes, 4 + (4 * sizes.Length));
        return bytes;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal)) gzip.Write(bytes);
        return target.ToArray();
    }

    public static byte[] Noise(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static SourceFile File(string name, byte[] content) => new(name, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)));

    /// <summary>The four files of a dataset of <paramref name="train"/> + <paramref name="test"/> samples and three classes.</summary>
    public static Dictionary<string, byte[]> Files(int train, int test) => new()
    {
        ["train-images.gz"] = Idx(Noise(train * Height * Width, 1), train, Height, Width),
        ["train-labels.gz"] = Idx([.. Enumerable.Range(0, train).Select(i => (byte)(i % 3))], train),
        ["test-images.gz"] = Idx(Noise(test * Height * Width, 2), test, Height, Width),
        ["test-labels.gz"] = Idx([.. Enumerable.Range(0, test).Select(i => (byte)(i % 3))], test),
    };

    public static DatasetDefinition Define(Dictionary<string, byte[]> files, params Uri[] mirrors)
    {
        var sources = files.Select(f => File(f.Key, f.Value)).ToArray();
        return IdxDataset.Define(new IdxDatasetInfo
        {
            Name = "small",
            Summary = "Generated noise",
            Source = "tests",
            Mirrors = mirrors,
            Labels = ["a", "b", "c"],
            TrainImages = sources[0],
            TrainLabels = sources[1],
            TestImages = sources[2],
            TestLabels = sources[3],
        });
    }

    /// <summary>Writes the files, gzipped, into FOLDER/small, as a package folder, mirror or cache has them.</summary>
    public static void WriteTo(string folder, Dictionary<string, byte[]> files)
    {
        Directory.CreateDirectory(Path.Combine(folder, "small"));
        foreach (var (name, bytes) in files) System.IO.File.WriteAllBytes(Path.Combine(folder, "small", name), Gzip(bytes));
    }

    public static SampleSet Samples(int count, int classes = 3, int channels = 1, int height = Height, int width = Width, int seed = 1) =>
        new([new SampleTensor("image", DataKind.UInt8, [channels, height, width], Noise(count * channels * height * width, seed))],
            Enumerable.Range(0, count).Select(i => (long)(i % classes)).ToArray());

    public static DatasetContent Content(SampleSet train, SampleSet? validation = null, SampleSet? test = null) =>
        new() { Name = "small", Source = "tests", Labels = ["a", "b", "c"], Train = train, Validation = validation, Test = test };
}
