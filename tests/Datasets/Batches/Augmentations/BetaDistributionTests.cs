using OnnxPipeline.Datasets.Batches.Augmentations;
using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Tests.Batches.Augmentations;

public sealed class BetaDistributionTests
{
    private const int Count = 40_000;

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(1.5)]
    [InlineData(8)]
    public void Moments_are_those_of_the_distribution(double alpha)
    {
        var samples = Draw(alpha);
        // About 1/2 all odd moments vanish; E[(x - 1/2)²] = 1 / (4 (2a + 1)) and E[(x - 1/2)⁴] = 3 / (16 (2a + 1) (2a + 3)).
        var variance = 1 / (4 * ((2 * alpha) + 1));
        var fourth = 3 / (16 * ((2 * alpha) + 1) * ((2 * alpha) + 3));
        var error = 5 / Math.Sqrt(Count);
        Assert.Equal(0.5, samples.Average(), error * Math.Sqrt(variance));
        Assert.Equal(variance, samples.Average(x => Math.Pow(x - 0.5, 2)), error * Math.Sqrt(fourth - (variance * variance)) + 1e-9);
        Assert.Equal(0, samples.Average(x => Math.Pow(x - 0.5, 3)), error * 0.125);
        Assert.Equal(fourth, samples.Average(x => Math.Pow(x - 0.5, 4)), error * 0.0625);
    }

    [Fact]
    public void With_alpha_one_it_is_uniform()
    {
        var counts = Draw(1).CountBy(x => (int)(x * 10)).ToDictionary();
        Assert.Equal(10, counts.Count);
        // 4,000 expected of each, a standard deviation of 60.
        Assert.All(counts.Values, count => Assert.InRange(count, 3700, 4300));
    }

    [Theory]
    [InlineData(1e-6)]
    [InlineData(1000)]
    public void An_extreme_alpha_still_gives_shares(double alpha) => Assert.All(Draw(alpha), x => Assert.InRange(x, 0, 1));

    private static double[] Draw(double alpha)
    {
        var random = new CounterRandom(11, RandomPurpose.Augmentation);
        var samples = new double[Count];
        foreach (ref var sample in samples.AsSpan()) sample = BetaDistribution.NextSymmetric(ref random, alpha);
        return samples;
    }
}
