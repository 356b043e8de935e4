using System.Runtime.InteropServices;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Datasets.Tests;

public sealed class TableArtifactTests : IDisposable
{
    private static readonly TableColumn[] Columns =
    [
        new() { Name = "age", Kind = ColumnKind.Number },
        new() { Name = "colour", Kind = ColumnKind.Category, Categories = ["blue", "red"] },
        new() { Name = "since", Kind = ColumnKind.Date, Parts = [DatePart.Year, DatePart.Weekday] },
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_regressions_table_is_read_as_it_was_written()
    {
        DatasetWriter.Write(_folder.Path, Table([1, 1990, 3, float.NaN, 1991, 5, 4, 1992, 1], [1, 2, 0], [10f, 20, 60]));
        using var dataset = Dataset.Open(_folder.Path);

        Assert.Equal(new RegressionTarget("price", 30, MathF.Sqrt(1400f / 3)), dataset.Target);
        Assert.Empty(dataset.Labels);
        Assert.Equal(["age", "colour", "since"], dataset.Columns.Select(c => c.Name));
        Assert.Equal(["since.year", "since.weekday"], dataset.Columns[2].Numbers);
        Assert.Equal([2.5f, 1991, 3], dataset.Mean);
        Assert.Equal([1.5f, MathF.Sqrt(2f / 3), MathF.Sqrt(8f / 3)], dataset.Std);
        Assert.Equal([10f, 20, 60], MemoryMarshal.Cast<byte, float>(dataset.Train.Label.Items(0, 3)).ToArray());
        Assert.Equal(["numeric float[3]", "categorical int64[1]"], dataset.Train.Features.Select(f => f.ToString()));
    }

    [Fact]
    public void Features_that_are_not_the_columns_are_refused()
    {
        var content = Table([1, 2, 3], [1], [10f]) with { Columns = [Columns[0]] };
        var error = Assert.Throws<ArgumentException>(() => DatasetWriter.Write(_folder.Path, content));
        Assert.Contains("need the features numeric float[1]; found numeric float[3], categorical int64[1]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_of_each_sample_is_needed()
    {
        var content = Table([1, 2, 3], [1], [10f]) with { Labels = ["a"] };
        Assert.Contains("both classes and a value", Assert.Throws<ArgumentException>(() => DatasetWriter.Write(_folder.Path, content)).Message, StringComparison.Ordinal);
    }

    private static DatasetContent Table(float[] numeric, long[] categorical, float[] values) => new()
    {
        Name = "prices",
        Labels = [],
        Columns = Columns,
        Target = "price",
        Train = new SampleSet(
            [
                new SampleTensor(TableFeatures.Numeric, DataKind.Float, [3], MemoryMarshal.AsBytes(numeric.AsSpan()).ToArray()),
                new SampleTensor(TableFeatures.Categorical, DataKind.Int64, [1], MemoryMarshal.AsBytes(categorical.AsSpan()).ToArray()),
            ],
            values),
    };
}
