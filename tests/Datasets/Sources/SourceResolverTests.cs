using OnnxPipeline.Datasets.Sources;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Datasets.Tests.Sources;

/// <summary>The layers on this machine: package folder, data mirror, cache.</summary>
public sealed class SourceResolverTests : IDisposable
{
    private static readonly Dictionary<string, byte[]> Files = SmallData.Files(30, 12);

    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string?> _environment = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_layers_are_tried_in_order()
    {
        SmallData.WriteTo(_folder.File("cache/datasets"), Files);
        Assert.Equal(SourceOrigin.Cache, await OriginAsync(Options));
        SmallData.WriteTo(_folder.File("mirror"), Files);
        Assert.Equal(SourceOrigin.Mirror, await OriginAsync(Options with { DataMirror = _folder.File("mirror") }));
        SmallData.WriteTo(_folder.File("packages"), Files);
        Assert.Equal(SourceOrigin.Package, await OriginAsync(Options with { DataMirror = _folder.File("mirror") }));
    }

    [Fact]
    public async Task The_environment_names_a_mirror_and_the_option_overrules_it()
    {
        SmallData.WriteTo(_folder.File("mirror"), Files);
        _environment[SourceOptions.MirrorVariable] = _folder.File("mirror");
        Assert.Equal(SourceOrigin.Mirror, await OriginAsync(Options));
        _environment[SourceOptions.MirrorVariable] = _folder.File("nowhere");
        Assert.Equal(SourceOrigin.Mirror, await OriginAsync(Options with { DataMirror = _folder.File("mirror") }));
    }

    [Theory]
    [InlineData(true, "--data-mirror")]
    [InlineData(false, SourceOptions.MirrorVariable)]
    public async Task A_mirror_that_is_not_there_is_an_error(bool byOption, string named)
    {
        _environment[SourceOptions.MirrorVariable] = _folder.File("nowhere");
        var options = byOption ? Options with { DataMirror = _folder.File("nowhere") } : Options;
        var error = await Assert.ThrowsAsync<DatasetSourceException>(() => ObtainAsync(options));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mirror_may_hold_unpacked_files()
    {
        Directory.CreateDirectory(_folder.File("mirror/small"));
        foreach (var (name, bytes) in Files) File.WriteAllBytes(_folder.File($"mirror/small/{Path.GetFileNameWithoutExtension(name)}"), bytes);
        Assert.Equal(SourceOrigin.Mirror, await OriginAsync(Options with { DataMirror = _folder.File("mirror") }));
    }

    [Fact]
    public async Task A_damaged_file_of_the_mirror_is_an_error_even_when_the_cache_has_a_good_one()
    {
        SmallData.WriteTo(_folder.File("cache/datasets"), Files);
        SmallData.WriteTo(_folder.File("mirror"), new(Files) { ["train-labels.gz"] = [1, 2, 3] });
        var error = await Assert.ThrowsAsync<DatasetSourceException>(() => ObtainAsync(Options with { DataMirror = _folder.File("mirror") }));
        Assert.Contains("train-labels.gz of the data mirror holds 3 bytes (uncompressed), expected 38", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_package_file_is_passed_over_and_reported()
    {
        SmallData.WriteTo(_folder.File("packages"), new(Files) { ["train-labels.gz"] = SmallData.Idx(new byte[30], 30) });
        SmallData.WriteTo(_folder.File("cache/datasets"), Files);
        var obtained = await ObtainAsync(Options);
        Assert.Equal([SourceOrigin.Package, SourceOrigin.Cache, SourceOrigin.Package, SourceOrigin.Package], obtained.Select(f => f.Origin));
        Assert.Contains("has SHA-256", Assert.Single(obtained[1].Rejected), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_wrong_says_in_what()
    {
        var content = SmallData.Noise(1000, 1);
        var expected = SmallData.File("f.gz", content);
        Assert.Null(Problem(SmallData.Gzip(content), expected));
        Assert.Null(Problem(content, expected));
        Assert.Contains("holds 999 bytes", Problem(content[1..], expected), StringComparison.Ordinal);
        Assert.Contains("more than the expected 1,000", Problem(SmallData.Gzip(new byte[50_000_000]), expected), StringComparison.Ordinal);
        Assert.Contains("has SHA-256", Problem(SmallData.Noise(1000, 2), expected), StringComparison.Ordinal);
        var damaged = SmallData.Gzip(content);
        damaged[500] ^= 1;
        Assert.Contains("is corrupt gzip data", Problem(damaged, expected), StringComparison.Ordinal);
        Assert.Contains("cannot be read", ContentCheck.Problem(_folder.File("none"), expected, default), StringComparison.Ordinal);
    }

    [Fact]
    public void Looking_says_what_is_here_and_fetches_nothing()
    {
        SmallData.WriteTo(_folder.File("packages"), new() { ["train-images.gz"] = Files["train-images.gz"] });
        var found = DatasetSources.Find(SmallData.Define(Files), Options);
        Assert.Equal([_folder.File("packages/small/train-images.gz"), null, null, null], found.Select(f => f.Path));
        Assert.False(Directory.Exists(_folder.File("cache")));
    }

    [Fact]
    public void The_cache_follows_the_XDG_rules()
    {
        var dataset = SmallData.Define(Files);
        string CachePath(SourceOptions options) => SourceFolders.Of(dataset, options)[^1].Path;
        _environment["XDG_CACHE_HOME"] = _folder.File("xdg");
        Assert.Equal(_folder.File("xdg/onnx-pipeline/datasets/small"), CachePath(Options with { CacheFolder = null }));
        _environment["XDG_CACHE_HOME"] = "relative";
        Assert.EndsWith(Path.Combine("onnx-pipeline", "datasets", "small"), CachePath(Options with { CacheFolder = null }), StringComparison.Ordinal);
        Assert.DoesNotContain("relative", CachePath(Options with { CacheFolder = null }), StringComparison.Ordinal);
    }

    private SourceOptions Options => new()
    {
        CacheFolder = _folder.File("cache"),
        PackageRoot = _folder.File("packages"),
        GetEnvironment = _environment.GetValueOrDefault,
    };

    private static Task<IReadOnlyList<ObtainedFile>> ObtainAsync(SourceOptions options) => new SourceResolver(SmallData.Define(Files), options, null).ObtainAsync(default);

    private static async Task<SourceOrigin> OriginAsync(SourceOptions options) => Assert.Single((await ObtainAsync(options)).Select(f => f.Origin).Distinct());

    private string? Problem(byte[] bytes, SourceFile expected)
    {
        File.WriteAllBytes(_folder.File("checked"), bytes);
        return ContentCheck.Problem(_folder.File("checked"), expected, default);
    }
}
