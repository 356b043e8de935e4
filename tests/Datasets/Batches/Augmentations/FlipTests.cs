using OnnxPipeline.Datasets.Batches.Augmentations;

namespace OnnxPipeline.Datasets.Tests.Batches.Augmentations;

public sealed class FlipTests
{
    private const int Height = 4, Width = 5;
    private readonly TestImage _image = TestImage.Noise(2, Height, Width);

    [Fact]
    public void Mirrors_are_those_of_the_definition_and_twice_is_nothing()
    {
        var before = _image.Pixels.ToArray();
        var leftRight = _image.Map((c, y, x) => _image[c, y, Width - 1 - x]).Pixels;
        var topBottom = _image.Map((c, y, x) => _image[c, Height - 1 - y, x]).Pixels;
        HorizontalFlip.Mirror(_image.View);
        Assert.Equal(leftRight, _image.Pixels);
        HorizontalFlip.Mirror(_image.View);
        Assert.Equal(before, _image.Pixels);
        VerticalFlip.Mirror(_image.View);
        Assert.Equal(topBottom, _image.Pixels);
        VerticalFlip.Mirror(_image.View);
        Assert.Equal(before, _image.Pixels);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.25, 0.235, 0.265)]
    [InlineData(1, 1, 1)]
    public void A_flip_happens_with_its_probability(double probability, double least, double most)
    {
        foreach (IAugmentation flip in new IAugmentation[] { new HorizontalFlip(probability), new VerticalFlip(probability) })
            Assert.InRange(TestImage.Samples(20_000).Count(s => Flipped(flip, s)) / 20_000.0, least, most);
    }

    [Fact]
    public void Horizontal_and_vertical_flips_are_independent()
    {
        var both = TestImage.Samples(20_000).Count(s => Flipped(new HorizontalFlip(0.5), s) && Flipped(new VerticalFlip(0.5), s));
        Assert.InRange(both / 20_000.0, 0.235, 0.265);
    }

    [Fact]
    public void Alternating_flips_take_turns_wherever_the_sample_stands_and_half_of_them_begin()
    {
        var flip = new AlternatingFlip();
        var begin = 0;
        for (var sample = 0; sample < 10_000; sample++)
        {
            var first = Flipped(flip, new AugmentedSample(1, 0, sample, sample));
            if (first) begin++;
            for (var epoch = 1; epoch < 4; epoch++) Assert.Equal(first == (epoch % 2 == 0), Flipped(flip, new AugmentedSample(1, epoch, (sample + (77 * epoch)) % 10_000, sample)));
        }
        Assert.InRange(begin, 4800, 5200);
    }

    private bool Flipped(IAugmentation flip, AugmentedSample sample) => !_image.After(flip, sample).AsSpan().SequenceEqual(_image.Pixels);
}
