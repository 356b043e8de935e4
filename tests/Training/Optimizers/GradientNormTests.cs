using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.Tests.Optimizers;

public sealed class GradientNormTests
{
    [Fact]
    public void The_sum_of_squares_is_that_of_a_plain_sum_for_any_length() =>
        Prop.ForAll<NonNegativeInt, int>((length, seed) =>
        {
            var values = Normal(length.Get * 3 % 200, seed);
            var plain = values.Sum(v => (double)v * v);
            return Math.Abs(GradientNorm.SumOfSquares(values) - plain) <= 1e-14 * plain;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_largest_floats_do_not_overflow_the_norm()
    {
        var values = Enumerable.Repeat(float.MaxValue, 100).ToArray();

        Assert.Equal(10.0 * float.MaxValue, GradientNorm.L2(values), 1e-12 * float.MaxValue);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void One_non_finite_value_anywhere_is_found_at_its_index(float bad)
    {
        for (var index = 0; index < 70; index++)
        {
            var values = Normal(70, index);
            values[index] = bad;
            Assert.False(double.IsFinite(GradientNorm.L2(values)));
            Assert.Equal(index, GradientNorm.IndexOfNonFinite(values));
        }
        Assert.Equal(-1, GradientNorm.IndexOfNonFinite(Normal(70, 0)));
        Assert.Equal(-1, GradientNorm.IndexOfNonFinite([]));
    }

    [Fact]
    public void Norms_are_those_that_PyTorch_clipped_by()
    {
        var all = ReferenceOptimizers.All;
        foreach (var reference in all.Cases.Where(c => c.Norms is not null))
        {
            foreach (var (expected, gradients) in reference.Norms!.Zip(all.Gradients))
            {
                var norm = Math.Sqrt(gradients.Values.Sum(g => GradientNorm.SumOfSquares(g)));
                Assert.Equal(expected, norm, 1e-8 * expected);
            }
        }
    }

    [Fact]
    public void The_clip_factor_scales_down_to_the_limit_and_never_up()
    {
        Assert.Equal(1, GradientNorm.ClipFactor(0.5, 1));
        Assert.Equal(1, GradientNorm.ClipFactor(0, 1));
        Assert.Equal(0.25, GradientNorm.ClipFactor(4, 1), 1e-6);
        Assert.True(double.IsNaN(GradientNorm.ClipFactor(double.PositiveInfinity, 1)));
        Assert.True(double.IsNaN(GradientNorm.ClipFactor(double.NaN, 1)));
    }

    private static float[] Normal(int length, int seed)
    {
        var random = new CounterRandom((ulong)seed, RandomPurpose.Sampling);
        return [.. Enumerable.Range(0, length).Select(_ => (float)random.NextNormal())];
    }
}
