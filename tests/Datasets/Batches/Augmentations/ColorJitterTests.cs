using OnnxPipeline.Datasets.Batches.Augmentations;

namespace OnnxPipeline.Datasets.Tests.Batches.Augmentations;

public sealed class ColorJitterTests
{
    [Fact]
    public void A_factor_of_1_leaves_every_value()
    {
        byte[] values = [.. Enumerable.Range(0, 256).Select(v => (byte)v)];
        foreach (var centre in new[] { 0f, 99.7f, 255f })
        {
            var scaled = values.ToArray();
            ColorJitter.Scale(scaled, centre, 1);
            Assert.Equal(values, scaled);
        }
        var image = TestImage.Noise(3, 6, 7);
        var before = image.Pixels.ToArray();
        ColorJitter.Saturate(image.View, 1);
        Assert.Equal(before, image.Pixels);
    }

    [Fact]
    public void Values_move_from_the_centre_by_the_factor_and_are_clipped()
    {
        byte[] values = [0, 50, 100, 150, 255];
        ColorJitter.Scale(values, 100, 2);
        Assert.Equal([0, 0, 100, 200, 255], values);
        ColorJitter.Scale(values, 0, 0.5f);
        Assert.Equal([0, 0, 50, 100, 128], values);
    }

    [Fact]
    public void Saturation_0_makes_grey_of_the_same_luminance_and_leaves_grey_at_any_factor()
    {
        var image = new TestImage(3, 1, 3, [255, 0, 80, 0, 255, 80, 0, 0, 80]);
        ColorJitter.Saturate(image.View, 0);
        Assert.Equal([76, 150, 80, 76, 150, 80, 76, 150, 80], image.Pixels);
        ColorJitter.Saturate(image.View, 1.9f);
        Assert.Equal([76, 150, 80, 76, 150, 80, 76, 150, 80], image.Pixels);
    }

    [Fact]
    public void Contrast_keeps_the_mean_and_brightness_scales_it()
    {
        var image = TestImage.Noise(1, 20, 20).Map((_, y, x) => (byte)(100 + ((y + x) % 2 * 20)));
        foreach (var sample in TestImage.Samples(50))
        {
            var contrast = image.After(new ColorJitter(new() { Contrast = 0.5 }), sample);
            Assert.Equal(110, contrast.Average(v => (double)v), 0.51);
            var options = new ColorJitterOptions { Brightness = 0.5 };
            var brightness = image.After(new ColorJitter(options), sample);
            Assert.Equal(110 * new ColorJitter(options).Factors(sample).Brightness, brightness.Average(v => (double)v), 0.51);
        }
    }

    [Fact]
    public void Factors_are_uniform_about_1_and_independent_of_which_are_in_use()
    {
        var all = new ColorJitter(new() { Brightness = 0.4, Contrast = 1, Saturation = 0.2 });
        var factors = TestImage.Samples(20_000).Select(s => all.Factors(s)).ToArray();
        Check(factors.Select(f => f.Brightness), 0.4);
        Check(factors.Select(f => f.Contrast), 1);
        Check(factors.Select(f => f.Saturation), 0.2);
        Assert.All(TestImage.Samples(100), s => Assert.Equal(all.Factors(s).Saturation, new ColorJitter(new() { Saturation = 0.2 }).Factors(s).Saturation));

        static void Check(IEnumerable<float> factors, double strength)
        {
            double[] offsets = [.. factors.Select(f => (f - 1) / strength)];
            Assert.All(offsets, o => Assert.InRange(o, -1.00001, 1.00001));
            Assert.InRange(offsets.Average(), -0.017, 0.017);
            Assert.InRange(offsets.Average(o => o * o), 0.32, 0.347);
        }
    }
}
