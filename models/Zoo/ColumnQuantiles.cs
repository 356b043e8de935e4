namespace OnnxPipeline.Models.Zoo;

/// <summary>Divides the numbers of a table's columns into bins of equally many.</summary>
public static class ColumnQuantiles
{
    /// <summary>
    /// The edges of <paramref name="bins"/> bins for each column, the smallest and the largest number among them, interpolated linearly
    /// between neighbours (type 7 of Hyndman and Fan, "Sample quantiles in statistical packages", 1996). A column without numbers
    /// has zeros.
    /// </summary>
    /// <param name="rows">The table row by row, NaN where a number is missing.</param>
    /// <param name="columns">Numbers of a row.</param>
    /// <param name="bins">Bins of a column, at least 1.</param>
    /// <exception cref="ArgumentException">The rows are not whole, or there is no bin.</exception>
    public static IReadOnlyList<IReadOnlyList<float>> Of(ReadOnlySpan<float> rows, int columns, int bins)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        if (rows.Length % columns != 0) throw new ArgumentException($"{rows.Length} numbers are no whole rows of {columns}.", nameof(rows));

        var edges = new float[columns][];
        var column = new float[rows.Length / columns];
        for (var c = 0; c < columns; c++)
        {
            var known = 0;
            for (var i = c; i < rows.Length; i += columns)
            {
                if (!float.IsNaN(rows[i])) column[known++] = rows[i];
            }
            edges[c] = known == 0 ? new float[bins + 1] : Edges(column.AsSpan(0, known), bins);
        }
        return edges;
    }

    private static float[] Edges(Span<float> numbers, int bins)
    {
        numbers.Sort();
        var edges = new float[bins + 1];
        for (var i = 0; i <= bins; i++)
        {
            var (place, between) = Math.DivRem((long)i * (numbers.Length - 1), bins);
            var next = Math.Min(place + 1, numbers.Length - 1);
            edges[i] = (float)(numbers[(int)place] + ((double)between / bins * ((double)numbers[(int)next] - numbers[(int)place])));
        }
        return edges;
    }
}
