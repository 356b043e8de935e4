using OnnxPipeline.Datasets.Batches.Augmentations;

namespace OnnxPipeline.Datasets.Tests.Batches.Augmentations;

public sealed class ShiftTests
{
    [Fact]
    public void Reflected_padding_mirrors_at_the_outermost_pixels()
    {
        var up = Shifted(-2, 0, CropFill.Reflect);
        var left = Shifted(0, -1, CropFill.Reflect);
        var downRight = Shifted(1, 2, CropFill.Reflect);
        Assert.Equal([7, 8, 9, 4, 5, 6, 1, 2, 3], up);
        Assert.Equal([2, 1, 2, 5, 4, 5, 8, 7, 8], left);
        Assert.Equal([6, 5, 4, 9, 8, 7, 6, 5, 4], downRight);
    }

    [Theory]
    [InlineData(CropFill.Zero)]
    [InlineData(CropFill.Reflect)]
    public void Every_offset_gives_the_pixels_that_the_definition_gives(CropFill fill)
    {
        const int height = 4, width = 5;
        static int Mirror(int i, int n) => i < 0 ? -i : i < n ? i : (2 * n) - 2 - i;
        for (var down = -3; down <= 3; down++)
        {
            for (var right = -4; right <= 4; right++)
            {
                var image = TestImage.Noise(2, height, width);
                var expected = image.Map((c, y, x) =>
                    fill == CropFill.Reflect ? image[c, Mirror(y + down, height), Mirror(x + right, width)]
                    : y + down is >= 0 and < height && x + right is >= 0 and < width ? image[c, y + down, x + right] : (byte)0).Pixels;
                Shift.Apply(image.View, down, right, fill);
                Assert.Equal(expected, image.Pixels);
            }
        }
    }

    [Fact]
    public void Offsets_stay_within_their_bounds_and_are_uniform_over_all_of_them()
    {
        Uniform(s => new RandomCrop(2, CropFill.Zero).Offset(s));
        Uniform(s => new Translation(2).Offset(s));

        static void Uniform(Func<AugmentedSample, (int, int)> draw)
        {
            var counts = TestImage.Samples(25_000).Select(draw).CountBy(o => o).ToDictionary();
            Assert.Equal(25, counts.Count);
            Assert.All(counts.Keys, o => Assert.True(Math.Abs(o.Item1) <= 2 && Math.Abs(o.Item2) <= 2));
            // The chi-squared statistic of 24 degrees of freedom exceeds 51.2 once in a thousand.
            Assert.True(counts.Values.Sum(c => Math.Pow(c - 1000, 2) / 1000) < 51.2);
        }
    }

    [Fact]
    public void Padding_and_translation_of_0_leave_the_image()
    {
        var image = TestImage.Noise(3, 4, 5);
        foreach (var sample in TestImage.Samples(100))
        {
            Assert.Equal(image.Pixels, image.After(new RandomCrop(0, CropFill.Zero), sample));
            Assert.Equal(image.Pixels, image.After(new RandomCrop(0, CropFill.Reflect), sample));
            Assert.Equal(image.Pixels, image.After(new Translation(0), sample));
        }
    }

    /// <summary>The image 123, 456, 789.</summary>
    private static byte[] Shifted(int down, int right, CropFill fill)
    {
        var image = new TestImage(1, 3, 3, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        Shift.Apply(image.View, down, right, fill);
        return image.Pixels;
    }
}
