using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Models.Tests.Zoo;

public sealed class ColumnQuantilesTests
{
    [Fact]
    public void The_edges_are_the_quantiles_of_each_column_without_its_missing_numbers()
    {
        float[] rows = [4, 10, float.NaN, 20, 0, 40, 1, 30, 2, 0];
        var edges = ColumnQuantiles.Of(rows, columns: 2, bins: 4);
        Assert.Equal([0, 0.75f, 1.5f, 2.5f, 4], edges[0]);
        Assert.Equal([0, 10, 20, 30, 40], edges[1]);
    }

    [Fact]
    public void A_column_of_one_value_has_bins_of_no_width_and_one_without_any_has_zeros()
    {
        var edges = ColumnQuantiles.Of([7, float.NaN, 7, float.NaN], columns: 2, bins: 3);
        Assert.Equal([7, 7, 7, 7], edges[0]);
        Assert.Equal([0, 0, 0, 0], edges[1]);
    }

    [Fact]
    public void Bins_hold_equally_many_numbers_and_ascend()
    {
        var random = new Random(5);
        float[] numbers = [.. Enumerable.Range(0, 1000).Select(_ => (float)Math.Exp(3 * random.NextDouble()))];
        var edges = ColumnQuantiles.Of(numbers, columns: 1, bins: 8)[0];
        Assert.Equal(edges.Order(), edges);
        foreach (var (low, high) in edges.Zip(edges.Skip(1))) Assert.InRange(numbers.Count(n => n >= low && n < high), 123, 127);
    }

    [Fact]
    public void Rows_that_are_not_whole_are_refused() => Assert.Throws<ArgumentException>(() => ColumnQuantiles.Of([1, 2, 3], columns: 2, bins: 2));
}
