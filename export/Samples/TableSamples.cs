using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export.Samples;

/// <summary>Rows of a table: numbers and codes together in training, column by column and categories as words when deployed.</summary>
internal sealed class TableSamples(ReadOnlyMemory<int> labels, ReadOnlyMemory<float> values, DatasetSplit split, IReadOnlyList<TableColumn> columns) : HeldOutSamples(labels, values)
{
    internal override SampleBatch Trained(int start, int count) => new(count, [.. split.Features.Select(f => new SampleInput(f.Name, f.ItemShape, ValuesOf(f, start, count)))]);

    internal override SampleBatch Deployed(int start, int count)
    {
        var numbers = Column<float>(TableFeatures.Numeric, start, count);
        var codes = Column<long>(TableFeatures.Categorical, start, count);
        var inputs = new List<SampleInput>();
        var (number, category) = (0, 0);
        foreach (var column in columns)
        {
            foreach (var name in column.Numbers) inputs.Add(new SampleInput(name, [1], numbers(number++)));
            if (column.Kind == ColumnKind.Category) inputs.Add(new SampleInput(column.Name, [1], Array.ConvertAll(codes(category++), column.WordOf)));
        }
        return new SampleBatch(count, inputs);
    }

    internal override IEnumerable<HostileSamples> Hostile()
    {
        foreach (var (name, number) in (IEnumerable<(string, float)>)[("NaN", float.NaN), ("infinity", float.PositiveInfinity), ("minus infinity", float.NegativeInfinity), ("the largest float", float.MaxValue), ("the smallest float", float.MinValue), ("0", 0)])
            yield return new HostileSamples($"every number {name}, words never seen", Replaced(Trained(0, 1), number, 0L, ""), Replaced(Deployed(0, 1), number, 0L, "\u0001 never seen \uD83D\uDE00"));
    }

    private static SampleBatch Replaced(SampleBatch batch, float number, long code, string word) => batch with
    {
        Inputs = [.. batch.Inputs.Select(input => input with
        {
            Values = input.Values switch
            {
                float[] floats => Array.ConvertAll(floats, _ => number),
                long[] codes => Array.ConvertAll(codes, _ => code),
                _ => Array.ConvertAll((string[])input.Values, _ => word),
            },
        })],
    };

    private static Array ValuesOf(DataTensor feature, int start, int count) => feature.Kind switch
    {
        DataKind.Float => MemoryMarshal.Cast<byte, float>(feature.Items(start, count)).ToArray(),
        DataKind.Int64 => MemoryMarshal.Cast<byte, long>(feature.Items(start, count)).ToArray(),
        _ => throw new ArgumentException($"The feature {feature} is no column of a table; expected float or int64."),
    };

    /// <summary>Gives column after column of a feature, one value a sample.</summary>
    private Func<int, T[]> Column<T>(string feature, int start, int count) where T : unmanaged
    {
        if (split.Features.FirstOrDefault(f => f.Name == feature) is not { } tensor) return _ => [];
        var width = (int)tensor.ItemShape[0];
        var all = (T[])ValuesOf(tensor, start, count);
        return column => [.. Enumerable.Range(0, count).Select(i => all[i * width + column])];
    }
}
