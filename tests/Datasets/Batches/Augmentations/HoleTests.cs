using OnnxPipeline.Datasets.Batches.Augmentations;
using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Tests.Batches.Augmentations;

public sealed class HoleTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(9)]
    public void Cutout_blackens_exactly_one_square_clipped_at_the_edges(int side)
    {
        const int height = 9, width = 11;
        var image = TestImage.Noise(3, height, width);
        var cutout = new Cutout(side);
        foreach (var sample in TestImage.Samples(500))
        {
            var after = new TestImage(3, height, width, image.After(cutout, sample));
            var centres = from cy in Enumerable.Range(0, height) from cx in Enumerable.Range(0, width) select (cy, cx);
            Assert.Contains(centres, centre => image.Map((c, y, x) => Covers(centre.cy, y) && Covers(centre.cx, x) ? (byte)0 : image[c, y, x]).Pixels.SequenceEqual(after.Pixels));
        }

        bool Covers(int centre, int at) => at >= centre - (side / 2) && at < centre - (side / 2) + side;
    }

    [Fact]
    public void Every_pixel_is_as_often_the_centre_of_a_cutout()
    {
        var counts = TestImage.Samples(30_000).CountBy(s => new Cutout(1).Hole(s, 5, 6)).ToDictionary();
        Assert.Equal(30, counts.Count);
        // The chi-squared statistic of 29 degrees of freedom exceeds 58.3 once in a thousand.
        Assert.True(counts.Values.Sum(c => Math.Pow(c - 1000, 2) / 1000) < 58.3);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0.3, 0.28, 0.32)]
    [InlineData(1, 1, 1)]
    public void Random_erasing_happens_with_its_probability(double probability, double least, double most)
    {
        var image = TestImage.Full(3, 12, 12, 7);
        var erasing = new RandomErasing(probability);
        Assert.InRange(TestImage.Samples(10_000).Count(s => image.After(erasing, s).Any(p => p != 7)) / 10_000.0, least, most);
    }

    [Fact]
    public void Erased_rectangles_have_the_areas_and_aspects_of_the_paper_and_lie_inside()
    {
        var random = new CounterRandom(1, RandomPurpose.Sampling);
        var (areas, aspects) = (new List<double>(), new List<double>());
        for (var i = 0; i < 5000; i++)
        {
            var hole = RandomErasing.Find(ref random, 300, 400)!.Value;
            Assert.True(hole is { Top: >= 0, Left: >= 0, Bottom: <= 300, Right: <= 400 });
            areas.Add(hole.Width * (double)(hole.Bottom - hole.Top) / (300 * 400));
            aspects.Add((hole.Bottom - hole.Top) / (double)hole.Width);
        }
        Assert.InRange(areas.Min(), 0.0195, 0.025);
        Assert.InRange(areas.Max(), 0.3, 0.3305);
        Assert.InRange(aspects.Min(), 0.29, 0.35);
        Assert.InRange(aspects.Max(), 3.1, 3.4);
    }

    [Fact]
    public void Erasing_fills_one_rectangle_with_uniform_noise_and_touches_nothing_else()
    {
        var image = TestImage.Full(3, 32, 32, 7);
        var noise = new List<byte>();
        foreach (var sample in TestImage.Samples(200))
        {
            var after = new TestImage(3, 32, 32, image.After(new RandomErasing(1), sample));
            var changed = (from c in Enumerable.Range(0, 3) from y in Enumerable.Range(0, 32) from x in Enumerable.Range(0, 32) where after[c, y, x] != 7 select (y, x, Value: after[c, y, x])).ToArray();
            var area = (changed.Max(p => p.y) - changed.Min(p => p.y) + 1) * (changed.Max(p => p.x) - changed.Min(p => p.x) + 1);
            Assert.InRange(area, 0.015 * 1024, 0.35 * 1024);
            Assert.InRange(changed.Length, 2.8 * area, 3 * area); // A 256th of the noise is 7 itself.
            noise.AddRange(changed.Select(p => p.Value));
        }
        Assert.Equal(255, noise.Distinct().Count());
        Assert.InRange(noise.Average(v => (double)v), 126, 129);
    }

    [Fact]
    public void Erasing_an_image_too_small_for_any_rectangle_ends()
    {
        var image = TestImage.Noise(1, 1, 2);
        Assert.All(TestImage.Samples(100), s => Assert.Equal(2, image.After(new RandomErasing(1), s).Length));
        var random = new CounterRandom(1, RandomPurpose.Sampling);
        Assert.Null(RandomErasing.Find(ref random, 1, 10_000));
    }
}
