using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Runtime.Tests.Images;

public sealed class ImageResizerTests
{
    [Fact]
    public void Growing_is_bilinear_with_pixel_centres_at_halves() =>
        Assert.Equal([0, 25, 75, 100], ImageResizer.Resize(new Image(2, 1, 1, [0, 100]), 4, 1).Pixels);

    [Fact]
    public void Shrinking_counts_every_pixel()
    {
        // Plain bilinear sampling would miss the bright pixel. The triangle of radius 4 about 2.0 gives it 0.625 of 3.5.
        var image = new Image(8, 1, 1, [200, 0, 0, 0, 0, 0, 0, 0]);
        Assert.Equal([36, 0], ImageResizer.Resize(image, 2, 1).Pixels);
    }

    [Fact]
    public void The_same_size_is_the_same_image()
    {
        var image = new Image(2, 2, 1, [1, 2, 3, 4]);
        Assert.Same(image, ImageResizer.Resize(image, 2, 2));
    }

    [Fact]
    public void A_constant_stays_constant_and_no_value_leaves_the_range_at_any_size()
    {
        var sizes = Gen.Choose(1, 40).Four();
        Prop.ForAll(sizes.ToArbitrary(), size =>
        {
            var (width, height, newWidth, newHeight) = size;
            var pixels = new byte[width * height * 3];
            new Random(width * 41 + height).NextBytes(pixels);
            for (var i = 0; i < pixels.Length; i += 3) (pixels[i], pixels[i + 1]) = (77, (byte)(40 + pixels[i + 1] % 20));
            var resized = ImageResizer.Resize(new Image(width, height, 3, pixels), newWidth, newHeight).Pixels;
            return resized.Length == newWidth * newHeight * 3
                && resized.Where((_, i) => i % 3 == 0).All(v => v == 77)
                && resized.Where((_, i) => i % 3 == 1).All(v => v is >= 40 and < 60);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Channels_do_not_mix()
    {
        var image = new Image(4, 1, 3, [255, 0, 0, 255, 0, 0, 255, 0, 9, 255, 0, 9]);
        Assert.Equal([255, 0], ImageResizer.Resize(image, 2, 1).Pixels.Take(2));
    }
}
