using OnnxPipeline.Tests;

namespace OnnxPipeline.Datasets.Tests.Images;

public sealed class UnlabelledImagesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Images_come_in_the_order_of_their_names_whatever_their_folders()
    {
        var photos = new Photos { ["b.png"] = Photos.Plain(2, 0, 0), ["a.png"] = Photos.Plain(1, 0, 0), ["more/c.png"] = Photos.Plain(3, 0, 0), ["readme.txt"] = [1] };
        foreach (var path in (string[])[photos.WriteFolder(_folder.File("photos")), photos.WriteZip(_folder.File("photos.zip"))])
        {
            var images = UnlabelledImages.Read(new ImageFolderOptions { Path = path });
            Assert.Equal((3, "3,3,4"), (images.Count, string.Join(",", images.ItemShape)));
            Assert.Equal([1, 2, 3], images.Pixels.ToArray().Chunk(3 * Photos.Height * Photos.Width).Select(image => (int)image[0]));
            Assert.Empty(images.Broken);
        }
    }

    [Fact]
    public void Of_too_many_those_taken_are_spread_over_all()
    {
        var photos = new Photos();
        for (byte i = 0; i < 10; i++) photos[$"{i}.png"] = Photos.Plain(i, 0, 0);
        var images = UnlabelledImages.Read(new ImageFolderOptions { Path = photos.WriteFolder(_folder.File("photos")), Size = "1x1", Channels = ImageChannels.Rgb }, limit: 5);
        Assert.Equal([0, 2, 4, 6, 8], images.Pixels.ToArray().Chunk(3).Select(image => (int)image[0]));
    }

    [Fact]
    public void Broken_images_are_an_error_or_left_out()
    {
        var photos = new Photos { ["a.png"] = Photos.Plain(1, 0, 0), ["b.png"] = [1, 2, 3], ["c.png"] = Photos.Plain(3, 0, 0) };
        var options = new ImageFolderOptions { Path = photos.WriteFolder(_folder.File("photos")) };
        Assert.Contains("1 of 3 images are broken:\n  - b.png: ", Fails(options), StringComparison.Ordinal);
        var images = UnlabelledImages.Read(options with { SkipBroken = true });
        Assert.StartsWith("b.png: ", Assert.Single(images.Broken), StringComparison.Ordinal);
        Assert.Equal([1, 3], images.Pixels.ToArray().Chunk(3 * Photos.Height * Photos.Width).Select(image => (int)image[0]));

        var allBroken = new Photos { ["a.png"] = [1] }.WriteFolder(_folder.File("broken"));
        Assert.Contains("1 of 1 images are broken", Fails(options with { Path = allBroken, SkipBroken = true }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_images_and_one_of_several_sizes_are_refused()
    {
        var empty = Directory.CreateDirectory(_folder.File("empty")).FullName;
        Assert.Contains("there are no images in it", Fails(new ImageFolderOptions { Path = empty }), StringComparison.Ordinal);
        var sizes = new Photos { ["a.png"] = Photos.Plain(1, 0, 0), ["b.png"] = Photos.Plain(1, 0, 0, 5, 5) }.WriteFolder(_folder.File("sizes"));
        Assert.Contains("'b.png' is 5x5", Fails(new ImageFolderOptions { Path = sizes }), StringComparison.Ordinal);
        Assert.Equal(2, UnlabelledImages.Read(new ImageFolderOptions { Path = sizes, Size = "4x4" }).Count);
        Assert.Throws<DatasetSourceException>(() => UnlabelledImages.Read(new ImageFolderOptions { Path = _folder.File("nowhere") }));
    }

    private static string Fails(ImageFolderOptions options) => Assert.Throws<DatasetFormatException>(() => UnlabelledImages.Read(options)).Message;
}
