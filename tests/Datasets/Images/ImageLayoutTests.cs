using OnnxPipeline.Datasets.Images;

namespace OnnxPipeline.Datasets.Tests.Images;

public sealed class ImageLayoutTests
{
    [Theory]
    [InlineData("there are no images in it", "a/x.txt")]
    [InlineData("'x.png' do not lie where images do", "x.png", "a/1.png", "b/1.png")]
    [InlineData("'a/deep/1.png' do not lie", "a/deep/1.png", "a/1.png", "b/1.png")]
    [InlineData("train are, and cat, dog are not", "train/cat/1.png", "cat/1.png", "dog/1.png")]
    [InlineData("'test/1.png' and 1 more do not lie", "train/1.png", "test/1.png")]
    [InlineData("there is one class only, 'cat'", "cat/1.png", "cat/2.png")]
    [InlineData("there is no train folder beside test", "test/cat/1.png", "test/dog/1.png")]
    [InlineData("the folders val, validation are the same split", "train/cat/1.png", "train/dog/1.png", "val/cat/1.png", "val/dog/1.png", "validation/cat/1.png", "validation/dog/1.png")]
    [InlineData("test has no images of dog", "train/cat/1.png", "train/dog/1.png", "test/cat/1.png")]
    [InlineData("train has no images of owl", "train/cat/1.png", "train/dog/1.png", "test/cat/1.png", "test/dog/1.png", "test/owl/1.png")]
    [InlineData("train has no images of bird", "cat/1.png", "dog/1.png", "bird/")]
    [InlineData("train has no images of bird", "cat/1.png", "dog/1.png", "bird/notes.txt")]
    [InlineData("test has no images of cat, dog", "train/cat/1.png", "train/dog/1.png", "test/")]
    [InlineData("'cat/inner' is a folder in a class's folder", "cat/1.png", "dog/1.png", "cat/inner/")]
    public void What_is_laid_out_otherwise_is_told(string expected, params string[] entries)
    {
        var error = Assert.Throws<DatasetFormatException>(() => Of(entries)).Message;
        Assert.StartsWith("photos: ", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_may_be_called_train()
    {
        var layout = Of("train/1.png", "plane/1.png");
        Assert.Equal(["plane", "train"], layout.Labels);
        Assert.Equal([new("plane/1.png", 0), new("train/1.png", 1)], layout.Train);
    }

    [Fact]
    public void Classes_and_images_come_in_ordinal_order_whatever_the_source_s()
    {
        var layout = Of("b/2.png", "a/1.png", "B/1.png", "b/10.png", "a/0.PNG");
        Assert.Equal(["B", "a", "b"], layout.Labels);
        Assert.Equal(["B/1.png", "a/0.PNG", "a/1.png", "b/10.png", "b/2.png"], layout.Train.Select(i => i.Name));
        Assert.Null(layout.Test);
    }

    private static ImageLayout Of(params string[] entries) =>
        ImageLayout.Of("photos", new SourceListing([.. entries.Where(e => !e.EndsWith('/'))], [.. entries.Where(e => e.EndsWith('/')).Select(e => e[..^1])]));
}
