using System.Globalization;
using OnnxPipeline.Datasets.Sources;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Datasets.Tests;

public sealed class DatasetBuilderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, byte[]> _files = SmallData.Files(60, 12);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_dataset_is_built_from_its_files()
    {
        var obtained = Build("out", new DataOptions { Validation = 0.25 }, seed: 1);
        Assert.All(obtained, file => Assert.Equal(SourceOrigin.Mirror, file.Origin));
        using var dataset = Dataset.Open(_folder.File("out"));
        Assert.Equal((45, 15, 12), (dataset.Train.Count, dataset.Validation.Count, dataset.Test.Count));
        Assert.Equal([1L, SmallData.Height, SmallData.Width], dataset.Train.Features.Single().ItemShape);
        Assert.Equal(_files["test-images.gz"][16..], dataset.Test.Features[0].Items(0, 12).ToArray());
    }

    [Fact]
    public void Options_and_seed_alone_decide_the_bytes()
    {
        var options = new DataOptions { Validation = 0.25, Limit = 9 };
        Build("a", options, seed: 1);
        SmallData.WriteTo(_folder.File("packages"), _files);
        Build("b", options, seed: 1);
        Build("c", options, seed: 2);
        Assert.Equal(Hash("a"), Hash("b"));
        Assert.NotEqual(Hash("a"), Hash("c"));
    }

    [Fact]
    public void Faulty_options_are_refused_before_anything_is_read()
    {
        var error = Assert.Throws<ArgumentException>(() => DatasetBuilder.Build(new DataOptions { Dataset = "x", Validation = 2, Limit = -3 }, 1, new SourceOptions(), _folder.File("out")));
        foreach (var expected in new[] { "'x'", "validation is 2", "limit is -3" }) Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    [Fact]
    public void A_cancelled_build_writes_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Build("out", new DataOptions(), 1, cancelled.Token));
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    [SystemDatasetFact("fashion-mnist")]
    public void The_real_Fashion_MNIST_builds_with_its_published_statistics()
    {
        var options = new SourceOptions { GetEnvironment = _ => null, CacheFolder = _folder.File("cache") };
        DatasetBuilder.Build(new DataOptions { Validation = 0.1 }, 1, options, _folder.File("out"));
        using var dataset = Dataset.Open(_folder.File("out"));
        Assert.Equal((54_000, 6_000, 10_000), (dataset.Train.Count, dataset.Validation.Count, dataset.Test.Count));
        Assert.Equal("Ankle boot", dataset.Labels[(int)BitConverter.ToInt64(dataset.Test.Label.Item(0))]);
        Assert.Equal(0.286, dataset.Mean.Single(), 0.002);
        Assert.Equal(0.353, dataset.Std.Single(), 0.002);
        var counts = new int[10];
        for (var i = 0; i < 6000; i++) counts[BitConverter.ToInt64(dataset.Validation.Label.Item(i))]++;
        Assert.All(counts, count => Assert.Equal(600, count));
    }

    private IReadOnlyList<ObtainedFile> Build(string output, DataOptions options, ulong seed, CancellationToken cancellationToken = default)
    {
        SmallData.WriteTo(_folder.File("mirror"), _files);
        var sources = new SourceOptions { DataMirror = _folder.File("mirror"), CacheFolder = _folder.File("cache"), PackageRoot = _folder.File("packages"), GetEnvironment = _ => null };
        return DatasetBuilder.Build(SmallData.Define(_files), options, seed, sources, _folder.File(output), null, cancellationToken);
    }

    private string Hash(string output) => string.Join('\n', Directory.GetFiles(_folder.File(output)).Order(StringComparer.Ordinal)
        .Select(f => string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(f)} {SmallData.File("", File.ReadAllBytes(f)).Sha256}")));
}

/// <summary>A test that needs a dataset of the operating system's packages, and is skipped where it is not installed.</summary>
public sealed class SystemDatasetFactAttribute : FactAttribute
{
    public SystemDatasetFactAttribute(string name)
    {
        var folder = Path.Combine(new SourceOptions().PackageRoot, name);
        if (!Directory.Exists(folder)) Skip = $"{folder} is not installed.";
    }
}
