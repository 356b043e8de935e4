namespace OnnxPipeline.Pipeline.Reports.Analysis;

/// <summary>A straight piece of a line of equal value.</summary>
internal readonly record struct ContourSegment(double Level, (double X, double Y) From, (double X, double Y) To);

/// <summary>Cells beside each other whose mean values fall into the same band.</summary>
internal readonly record struct ContourStrip(int Band, (double X, double Y) BottomLeft, (double X, double Y) TopRight);

/// <summary>Bands and lines of equal value of a surface.</summary>
internal static class Contours
{
    /// <summary>The bounds of bands from the lowest to the highest value, narrow below and wide above, so that valleys show. Empty for a surface that is flat or has holes only.</summary>
    public static IReadOnlyList<double> Levels(SurfaceGrid grid, int bands)
    {
        var values = grid.Values.Cast<double>().Where(double.IsFinite).ToArray();
        if (values.Length == 0 || values.Min() is var low && values.Max() is var high && !(low < high)) return [];
        return [.. Enumerable.Range(0, bands + 1).Select(i => low + (high - low) * i * i / ((double)bands * bands))];
    }

    /// <summary>The surface in strips, row by row; band i lies between level i and the next.</summary>
    public static IEnumerable<ContourStrip> Strips(SurfaceGrid grid, IReadOnlyList<double> levels)
    {
        for (var row = 0; row < grid.Rows; row++)
        {
            for (int column = 0, end; column < grid.Columns; column = end)
            {
                var band = BandOf(grid, row, column, levels);
                for (end = column + 1; end < grid.Columns && BandOf(grid, row, end, levels) == band;) end++;
                if (band >= 0) yield return new ContourStrip(band, grid.At(row, column), grid.At(row + 1, end));
            }
        }
    }

    /// <summary>The lines on which the surface has one of these values, by marching squares; where a saddle leaves two ways, the cell's mean decides.</summary>
    public static IEnumerable<ContourSegment> Lines(SurfaceGrid grid, IEnumerable<double> levels)
    {
        foreach (var level in levels)
        {
            for (var row = 0; row < grid.Rows; row++)
            {
                for (var column = 0; column < grid.Columns; column++)
                {
                    foreach (var segment in InCell(grid, row, column, level)) yield return segment;
                }
            }
        }
    }

    private static IEnumerable<ContourSegment> InCell(SurfaceGrid grid, int row, int column, double level)
    {
        if (!double.IsFinite(Mean(grid, row, column))) yield break;
        (int Row, int Column)[] corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)];
        bool IsBelow((int Row, int Column) corner) => grid.Values[corner.Row, corner.Column] < level;
        var crossings = new List<(double X, double Y)>();
        for (var i = 0; i < corners.Length; i++)
        {
            var (from, to) = (corners[i], corners[(i + 1) % corners.Length]);
            if (IsBelow(from) == IsBelow(to)) continue;
            var (low, high) = (grid.Values[from.Row, from.Column], grid.Values[to.Row, to.Column]);
            var share = (level - low) / (high - low);
            crossings.Add(grid.At(from.Row + share * (to.Row - from.Row), from.Column + share * (to.Column - from.Column)));
        }
        if (crossings.Count == 2)
        {
            yield return new ContourSegment(level, crossings[0], crossings[1]);
        }
        else if (crossings.Count == 4)
        {
            // The first corner belongs with the middle, so the two beside it are cut off; or it is cut off itself.
            var first = IsBelow(corners[0]) == Mean(grid, row, column) < level ? 0 : 3;
            yield return new ContourSegment(level, crossings[first], crossings[(first + 1) % 4]);
            yield return new ContourSegment(level, crossings[(first + 2) % 4], crossings[(first + 3) % 4]);
        }
    }

    /// <summary>The band of a cell; -1 for a hole.</summary>
    private static int BandOf(SurfaceGrid grid, int row, int column, IReadOnlyList<double> levels)
    {
        var mean = Mean(grid, row, column);
        if (!double.IsFinite(mean)) return -1;
        var band = 0;
        while (band + 2 < levels.Count && mean >= levels[band + 1]) band++;
        return band;
    }

    private static double Mean(SurfaceGrid grid, int row, int column) =>
        (grid.Values[row, column] + grid.Values[row, column + 1] + grid.Values[row + 1, column] + grid.Values[row + 1, column + 1]) / 4;
}
