using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Datasets.Splits;
using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Tests.Splits;

public sealed class StratifiedTests
{
    /// <summary>Labels of 1 to 7 unequal classes, a number to draw that is at most theirs, and a seed.</summary>
    private static readonly Arbitrary<(long[] Labels, int Count, ulong Seed)> Draws = (
        from classes in Gen.Choose(1, 7)
        from labels in Gen.ListOf(Gen.Choose(0, (classes * classes) - 1).Select(n => (long)Math.Sqrt(n)))
        from count in Gen.Choose(0, labels.Count)
        from seed in Gen.Choose(0, 1000)
        select (labels.ToArray(), count, (ulong)seed)).ToArbitrary();

    [Fact]
    public void A_draw_is_a_partition() => Prop.ForAll(Draws, draw =>
    {
        var (drawn, left) = Draw(draw);
        return drawn.Length == draw.Count && drawn.Concat(left).Order().SequenceEqual(Enumerable.Range(0, draw.Labels.Length))
            && drawn.Order().SequenceEqual(drawn) && left.Order().SequenceEqual(left);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_class_is_drawn_within_one_sample_of_its_share() => Prop.ForAll(Draws, draw =>
    {
        var (drawn, _) = Draw(draw);
        return draw.Labels.GroupBy(l => l).All(c =>
        {
            var share = (double)c.Count() * draw.Count / draw.Labels.Length;
            return Math.Abs(drawn.Count(i => draw.Labels[i] == c.Key) - share) < 1;
        });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_class_is_never_drawn_whole_when_one_must_stay() => Prop.ForAll(Draws, draw =>
    {
        var (_, left) = Draw(draw, keepOne: true);
        return draw.Labels.Distinct().All(label => left.Any(i => draw.Labels[i] == label));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_seed_alone_decides_the_draw()
    {
        var labels = Enumerable.Range(0, 300).Select(i => (long)(i % 10)).ToArray();
        Assert.Equal(Draw((labels, 30, 1)).Drawn, Draw((labels, 30, 1)).Drawn);
        Assert.NotEqual(Draw((labels, 30, 1)).Drawn, Draw((labels, 30, 2)).Drawn);
    }

    private static (int[] Drawn, int[] Left) Draw((long[] Labels, int Count, ulong Seed) draw, bool keepOne = false) =>
        Stratified.Draw(draw.Labels, draw.Count, label => new CounterRandom(draw.Seed, RandomPurpose.Split, (ulong)label), keepOne);
}
