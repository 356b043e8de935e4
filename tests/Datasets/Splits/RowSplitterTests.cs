using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Datasets.Splits;
using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Tests.Splits;

public sealed class RowSplitterTests
{
    [Fact]
    public void Of_any_number_of_rows_the_share_is_drawn_within_one()
    {
        Prop.ForAll<ushort, byte, byte>((rows, percent, seed) =>
        {
            var share = percent % 100 / 100.0;
            var draw = new JitteredDraw(share, new CounterRandom(seed, RandomPurpose.Split));
            var drawn = Enumerable.Range(0, rows).Count(_ => draw.Next());
            return Math.Abs(drawn - (rows * share)) <= 1;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Every_row_is_as_likely_to_be_drawn()
    {
        var counts = new int[40];
        for (var seed = 0UL; seed < 4000; seed++)
        {
            var draw = new JitteredDraw(0.25, new CounterRandom(seed, RandomPurpose.Split));
            for (var i = 0; i < counts.Length; i++) counts[i] += draw.Next() ? 1 : 0;
        }
        Assert.All(counts, count => Assert.InRange(count, 850, 1150));
    }

    [Fact]
    public void A_sequential_draw_gives_exactly_what_is_asked_for()
    {
        Prop.ForAll<byte, byte, ulong>((total, wanted, seed) =>
        {
            var draw = new SequentialDraw(Math.Min(wanted, total), total, new CounterRandom(seed, RandomPurpose.Sampling));
            return Enumerable.Range(0, total).Count(_ => draw.Next()) == Math.Min(wanted, total);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_first_row_of_a_class_is_for_training_and_every_class_keeps_its_share()
    {
        var parts = Split(seed: 1, Enumerable.Range(0, 3000).Select(i => i % 10 == 0 ? 1 : 0));
        Assert.Equal([RowPart.Train, RowPart.Train], new[] { parts[1], parts[0] });
        foreach (var (rows, of) in new[] { (300, 1), (2700, 0) })
        {
            var own = parts.Where((_, i) => (i % 10 == 0 ? 1 : 0) == of).ToArray();
            Assert.InRange(own.Count(p => p == RowPart.Test), (rows * 0.2) - 2, (rows * 0.2) + 1);
            Assert.InRange(own.Count(p => p == RowPart.Validation), (rows * 0.8 * 0.25) - 2, (rows * 0.8 * 0.25) + 2);
        }
    }

    [Fact]
    public void The_test_part_does_not_depend_on_the_seed_and_the_validation_part_does()
    {
        int[] classes = [.. Enumerable.Range(0, 1000).Select(i => i % 3)];
        Array.Sort(classes);
        var (one, two) = (Split(1, classes), Split(2, classes));
        Assert.Equal(Where(one, RowPart.Test), Where(two, RowPart.Test));
        Assert.NotEqual(Where(one, RowPart.Validation), Where(two, RowPart.Validation));
        Assert.Equal(one, Split(1, classes));
    }

    private static RowPart[] Split(ulong seed, IEnumerable<int> classes)
    {
        var splitter = new RowSplitter(0.2, 0.25, seed);
        var numbers = new Dictionary<int, int>();
        return [.. classes.Select(c => splitter.Next(numbers.TryGetValue(c, out var n) ? n : numbers[c] = numbers.Count))];
    }

    private static int[] Where(RowPart[] parts, RowPart part) => [.. Enumerable.Range(0, parts.Length).Where(i => parts[i] == part)];
}
