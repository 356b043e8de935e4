using OnnxPipeline.Datasets;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Pipeline.Tests.Stages;

/// <summary>What the key of a dataset of the user's own follows.</summary>
public sealed class DataStageIdentityTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_key_follows_the_images_and_not_where_they_lie()
    {
        Write("a", 1);
        Write("b", 1);
        Assert.Equal(Options("a"), Options("b"));
        Write("b", 2);
        Assert.NotEqual(Options("a"), Options("b"));
        Assert.NotEqual(Options("a"), Options("a", "8x8"));
    }

    [Fact]
    public void A_published_datasets_key_has_no_content_of_the_users() =>
        Assert.Contains("\"content\":null", CanonicalJson.Of(new DataStage(new DataOptions { Dataset = "digits" }, 1, new StageServices(null)).Options), StringComparison.Ordinal);

    private void Write(string folder, byte value)
    {
        foreach (var kind in new[] { "cat", "dog" })
        {
            Directory.CreateDirectory(_folder.File($"{folder}/{kind}"));
            File.WriteAllBytes(_folder.File($"{folder}/{kind}/1.png"), TestImages.GreyPng(1, 1, [value]));
        }
    }

    private string Options(string folder, string? size = null) => CanonicalJson.Of(
        new DataStage(new DataOptions { Dataset = "image-folder", ImageFolder = new ImageFolderOptions { Path = _folder.File(folder), Size = size } }, 1, new StageServices(null)).Options);
}
