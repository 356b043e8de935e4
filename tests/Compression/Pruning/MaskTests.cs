using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Compression.Pruning.Masks;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Compression.Tests.Pruning;

public sealed class MaskTests
{
    [Fact]
    public void The_cubic_schedule_never_falls_and_ends_at_the_amount() => Prop.ForAll(
        Gen.Choose(0, 999).Zip(Gen.Choose(1, 5000)).ToArbitrary(), drawn =>
        {
            var (amount, last) = (drawn.Item1 / 1000.0, drawn.Item2);
            var shares = Enumerable.Range(0, last + 10).Select(step => CubicMaskSchedule.ShareAt(step, last, amount)).ToArray();
            for (var i = 1; i < shares.Length; i++) Assert.True(shares[i] >= shares[i - 1]);
            Assert.Equal(0, shares[0]);
            Assert.All(shares[last..], share => Assert.Equal(amount, share));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_mask_has_as_many_zeros_as_its_share_and_none_of_what_is_left_is_smaller() => Prop.ForAll(
        Gen.Choose(1, 400).Zip(Gen.Choose(0, 99)).ToArbitrary(), drawn =>
        {
            var weights = Weights((ulong)drawn.Item1, drawn.Item1, 1);
            var mask = MagnitudeMasks.Of([weights], drawn.Item2 / 100.0, PruneScope.Layer)[0].Span<float>().ToArray();
            var values = weights.Span<float>().ToArray();
            Assert.Equal((int)Math.Round(drawn.Item1 * (drawn.Item2 / 100.0), MidpointRounding.AwayFromZero), mask.Count(m => m == 0));
            var (gone, left) = (values.Where((_, i) => mask[i] == 0), values.Where((_, i) => mask[i] == 1));
            Assert.True(!gone.Any() || !left.Any() || gone.Max(Math.Abs) <= left.Min(Math.Abs));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_every_m_weights_along_the_axis_exactly_the_n_largest_are_left() => Prop.ForAll(
        Gen.Choose(2, 8).Zip(Gen.Choose(1, 7)).Zip(Gen.Choose(1, 5)).Where(d => d.Item1.Item2 < d.Item1.Item1).ToArbitrary(), drawn =>
        {
            var ((of, keep), runs) = drawn;
            for (var axis = 0; axis < 3; axis++)
            {
                long[] dims = [2, 3, 2];
                dims[axis] = of * runs;
                var weights = Weights((ulong)(of + keep), dims);
                var (values, mask) = (weights.Span<float>().ToArray(), MagnitudeMasks.OfPattern(weights, axis, keep, of).Span<float>().ToArray());
                var stride = (int)dims[(axis + 1)..].Aggregate(1L, (p, d) => p * d);
                // Elements of one run share all other indices, and the quotient of the one along the axis.
                foreach (var run in Enumerable.Range(0, values.Length).GroupBy(i => (i / (stride * (int)dims[axis]), i % stride, i / stride % (int)dims[axis] / of)))
                {
                    var left = run.Where(i => mask[i] == 1).ToArray();
                    Assert.Equal(of, run.Count());
                    Assert.Equal(keep, left.Length);
                    Assert.True(left.Min(i => Math.Abs(values[i])) >= run.Except(left).Max(i => Math.Abs(values[i])));
                }
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_global_share_is_one_of_all_weights_together()
    {
        var (small, large) = (Weights(1, 50), Weights(2, 50));
        foreach (ref var value in large.Span<float>()) value *= 100;
        var masks = MagnitudeMasks.Of([small, large], 0.5, PruneScope.Global);
        Assert.True(masks[0].Span<float>().ToArray().Count(m => m == 0) > 40);
        Assert.Equal(50, masks.Sum(mask => mask.Span<float>().ToArray().Count(m => m == 0)));
    }

    private static Initializer Weights(ulong seed, params long[] dims)
    {
        var random = new CounterRandom(seed, RandomPurpose.Sampling);
        var tensor = Initializer.Zeros($"w{seed}", ElementType.Float, dims);
        foreach (ref var value in tensor.Span<float>()) value = (float)random.NextNormal();
        return tensor;
    }
}
