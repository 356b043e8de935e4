using OnnxPipeline.Datasets.Batches;

namespace OnnxPipeline.Datasets.Tests.Batches;

public sealed class ImageAugmenterTests
{
    [Fact]
    public void Every_flip_and_offset_gives_the_pixels_that_the_definition_gives()
    {
        const int channels = 2, height = 4, width = 5;
        var source = SmallData.Noise(channels * height * width, 3);
        for (var down = -3; down <= 3; down++)
        {
            for (var right = -4; right <= 4; right++)
            {
                foreach (var flip in (bool[])[false, true])
                {
                    var target = SmallData.Noise(source.Length, 4);
                    ImageAugmenter.Apply(new AugmentDraw(flip, down, right), source, target, height, width);
                    Assert.Equal(Reference(flip, down, right, source, channels, height, width), target);
                }
            }
        }
    }

    [Fact]
    public void Draws_stay_within_the_padding_and_reach_all_of_it()
    {
        var augmenter = new ImageAugmenter(new AugmentOptions { HorizontalFlip = 0.25, CropPadding = 2 }, seed: 1);
        var draws = Enumerable.Range(0, 20_000).Select(i => augmenter.Draw(3, i)).ToArray();
        Assert.Equal([-2, -1, 0, 1, 2], draws.Select(d => d.Down).Distinct().Order());
        Assert.Equal([-2, -1, 0, 1, 2], draws.Select(d => d.Right).Distinct().Order());
        Assert.InRange(draws.Count(d => d.Flip) / 20_000.0, 0.235, 0.265);
        Assert.InRange(draws.Count(d => d is { Down: 0, Right: 0 }) / 20_000.0, 0.034, 0.046);
    }

    [Theory]
    [InlineData(0.0, false)]
    [InlineData(1.0, true)]
    public void Certain_probabilities_are_certain(double probability, bool flips)
    {
        var augmenter = new ImageAugmenter(new AugmentOptions { HorizontalFlip = probability }, seed: 1);
        Assert.All(Enumerable.Range(0, 1000), i => Assert.Equal(new AugmentDraw(flips, 0, 0), augmenter.Draw(0, i)));
    }

    /// <summary>Pixel by pixel: pad with zeros, crop at the offset, mirror.</summary>
    private static byte[] Reference(bool flip, int down, int right, byte[] source, int channels, int height, int width)
    {
        var target = new byte[source.Length];
        for (var c = 0; c < channels; c++)
        {
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    var (fromY, fromX) = (y + down, (flip ? width - 1 - x : x) + right);
                    if (fromY >= 0 && fromY < height && fromX >= 0 && fromX < width)
                        target[(((c * height) + y) * width) + x] = source[(((c * height) + fromY) * width) + fromX];
                }
            }
        }
        return target;
    }
}
