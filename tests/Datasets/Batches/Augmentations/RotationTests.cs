using OnnxPipeline.Datasets.Batches.Augmentations;

namespace OnnxPipeline.Datasets.Tests.Batches.Augmentations;

public sealed class RotationTests
{
    [Fact]
    public void A_rotation_by_0_leaves_the_image()
    {
        foreach (var (height, width) in new[] { (1, 1), (4, 5), (7, 3) })
        {
            var image = TestImage.Noise(3, height, width);
            Assert.All(TestImage.Samples(20), s => Assert.Equal(image.Pixels, image.After(new Rotation(0), s)));
        }
    }

    [Fact]
    public void A_quarter_turn_is_counter_clockwise_and_exact_and_four_are_nothing()
    {
        foreach (var side in new[] { 4, 5 })
        {
            var image = TestImage.Noise(2, side, side);
            var before = image.Pixels.ToArray();
            var quarter = image.Map((c, y, x) => image[c, x, side - 1 - y]).Pixels;
            Rotation.Turn(image.View, 90);
            Assert.Equal(quarter, image.Pixels);
            for (var turn = 0; turn < 3; turn++) Rotation.Turn(image.View, 90);
            Assert.Equal(before, image.Pixels);
        }
    }

    [Fact]
    public void Pixels_between_four_are_their_weighted_mean()
    {
        // The corner of a 3x3 image, turned by 45 degrees, is looked up at (1 - √2, 1): the upper middle pixel, √2 - 1 of the way out.
        var image = new TestImage(1, 3, 3, [0, 200, 0, 0, 0, 0, 0, 0, 0]);
        Rotation.Turn(image.View, 45);
        Assert.Equal((byte)Math.Round((2 - Math.Sqrt(2)) * 200), image[0, 0, 0]);
        Assert.Equal(0, image[0, 2, 2]);
    }

    [Fact]
    public void Zeros_move_into_the_corners_and_the_inside_of_an_even_image_stays()
    {
        var image = TestImage.Full(3, 16, 16, 255);
        Rotation.Turn(image.View, 45);
        Assert.Equal(0, image[2, 0, 0]);
        Assert.Equal(0, image[0, 15, 15]);
        for (var y = 4; y < 12; y++) Assert.Equal(255, image[1, y, 8]);
    }

    [Fact]
    public void Angles_are_uniform_within_the_bounds()
    {
        double[] angles = [.. TestImage.Samples(20_000).Select(s => new Rotation(30).Angle(s))];
        Assert.All(angles, a => Assert.InRange(a, -30, 30));
        Assert.InRange(angles.Average(), -0.5, 0.5);
        Assert.InRange(angles.Average(a => a * a), 291, 309);
    }
}
