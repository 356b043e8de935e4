namespace OnnxPipeline.Pipeline.Reports.Analysis;

/// <summary>A function of two numbers at the corners of a grid of equal cells.</summary>
/// <param name="X">From where to where it goes to the right.</param>
/// <param name="Y">From where to where it goes up.</param>
/// <param name="Values">[row from the bottom, column]; one that is not finite is a hole.</param>
internal sealed record SurfaceGrid((double Low, double High) X, (double Low, double High) Y, double[,] Values)
{
    public int Rows => Values.GetLength(0) - 1;

    public int Columns => Values.GetLength(1) - 1;

    /// <summary>Where a corner lies.</summary>
    public (double X, double Y) At(double row, double column) => (X.Low + column / Columns * (X.High - X.Low), Y.Low + row / Rows * (Y.High - Y.Low));

    /// <param name="x">From where to where it goes to the right.</param>
    /// <param name="y">From where to where it goes up.</param>
    /// <param name="side">Cells along each side.</param>
    /// <param name="function">The function.</param>
    public static SurfaceGrid Sample((double Low, double High) x, (double Low, double High) y, int side, Func<double, double, double> function)
    {
        var grid = new SurfaceGrid(x, y, new double[side + 1, side + 1]);
        for (var row = 0; row <= side; row++)
        {
            for (var column = 0; column <= side; column++)
            {
                var at = grid.At(row, column);
                grid.Values[row, column] = function(at.X, at.Y);
            }
        }
        return grid;
    }
}
