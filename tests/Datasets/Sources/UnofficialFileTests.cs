using OnnxPipeline.Datasets.Sources;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Datasets.Tests.Sources;

/// <summary>Archives whose sum is of the published, compressed bytes.</summary>
public sealed class UnofficialFileTests : IDisposable
{
    private static readonly byte[] Official = SmallData.Gzip(SmallData.Noise(500, 1));
    private static readonly byte[] Other = SmallData.Gzip(SmallData.Noise(500, 2));

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private DatasetDefinition Dataset { get; } = new()
    {
        Name = "small",
        Summary = "Generated noise",
        Source = "tests",
        Mirrors = [],
        Files = [SmallData.File("small.tar.gz", Official) with { SumOfPublished = true }],
        Read = reading => SmallData.Content(SmallData.Samples((int)(new FileInfo(reading.Files[0]).Length / 10))) with { Source = "tests" },
    };

    private SourceOptions Options => new() { CacheFolder = _folder.File("cache"), PackageRoot = _folder.File("packages"), GetEnvironment = _ => null };

    [Theory]
    [InlineData("packages")]
    [InlineData("cache/datasets")]
    public async Task Where_nobody_vouches_for_it_another_file_is_passed_over(string folder)
    {
        Put(folder, Other);
        var error = await Assert.ThrowsAsync<DatasetSourceException>(() => ObtainAsync(Options));
        Assert.Contains("small.tar.gz has SHA-256", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("uncompressed", error.Message, StringComparison.Ordinal);
        Put(folder, Official);
        Assert.Null((await ObtainAsync(Options)).UnofficialSha256);
    }

    [Fact]
    public async Task A_mirrors_official_file_is_nothing_special()
    {
        Put("mirror", Official);
        var options = Options with { DataMirror = _folder.File("mirror") };
        Assert.Null((await ObtainAsync(options)).UnofficialSha256);
        Assert.Empty(DatasetSources.Unofficial(Dataset, options));
    }

    [Fact]
    public void A_mirrors_other_file_is_taken_and_recorded()
    {
        Put("mirror", Other);
        var options = Options with { DataMirror = _folder.File("mirror") };
        var sum = SmallData.File("", Other).Sha256;
        var file = Assert.Single(DatasetBuilder.Build(Dataset, new DataOptions(), 1, options, _folder.File("out"), null, default));
        Assert.Equal((SourceOrigin.Mirror, sum), (file.Origin, file.UnofficialSha256));
        Assert.Equal([sum], DatasetSources.Unofficial(Dataset, options));
        Assert.Empty(DatasetSources.Unofficial(Dataset, Options));
        using var dataset = Datasets.Dataset.Open(_folder.File("out"));
        Assert.Equal($"tests; not the official small.tar.gz but one of SHA-256 {sum}", dataset.Source);
    }

    [Fact]
    public void An_official_package_comes_before_a_mirrors_other_file()
    {
        Put("packages", Official);
        Put("mirror", Other);
        Assert.Empty(DatasetSources.Unofficial(Dataset, Options with { DataMirror = _folder.File("mirror") }));
    }

    private void Put(string root, byte[] content)
    {
        Directory.CreateDirectory(_folder.File($"{root}/small"));
        File.WriteAllBytes(_folder.File($"{root}/small/small.tar.gz"), content);
    }

    private async Task<ObtainedFile> ObtainAsync(SourceOptions options) => Assert.Single(await new SourceResolver(Dataset, options, null).ObtainAsync(default));
}
