namespace OnnxPipeline.Inference.Server.Tests.Page;

/// <summary>Digits as a pen draws them, so that a test has handwriting without a data set: each is one line through points of the unit square, y downwards.</summary>
internal static class DigitStrokes
{
    private static readonly (double X, double Y)[][] Shapes =
    [
        [.. Enumerable.Range(0, 17).Select(i => (0.5 + 0.4 * Math.Sin(i * Math.PI / 8), 0.5 - 0.5 * Math.Cos(i * Math.PI / 8)))],
        [(0.5, 0), (0.5, 1)],
        [(0.1, 0.25), (0.25, 0.05), (0.5, 0), (0.75, 0.05), (0.9, 0.25), (0.8, 0.45), (0.1, 1), (0.9, 1)],
        [(0.1, 0.1), (0.5, 0), (0.85, 0.15), (0.8, 0.4), (0.45, 0.48), (0.85, 0.6), (0.9, 0.85), (0.5, 1), (0.1, 0.9)],
        [(0.65, 1), (0.65, 0), (0.05, 0.65), (0.95, 0.65)],
        [(0.85, 0), (0.2, 0), (0.15, 0.45), (0.6, 0.4), (0.9, 0.65), (0.75, 0.95), (0.4, 1), (0.1, 0.9)],
        [(0.7, 0), (0.3, 0.3), (0.12, 0.7), (0.3, 0.97), (0.65, 0.97), (0.85, 0.75), (0.65, 0.55), (0.2, 0.65)],
        [(0.1, 0), (0.9, 0), (0.4, 1)],
        [(0.5, 0.48), (0.2, 0.3), (0.3, 0.05), (0.7, 0.05), (0.8, 0.3), (0.5, 0.48), (0.15, 0.75), (0.3, 0.98), (0.7, 0.98), (0.85, 0.75), (0.5, 0.48)],
        [(0.8, 0.35), (0.5, 0.5), (0.2, 0.35), (0.3, 0.05), (0.7, 0.05), (0.8, 0.35), (0.7, 1)],
    ];

    public static int Count => Shapes.Length;

    public static IReadOnlyList<(double X, double Y)> Of(int digit) => Shapes[digit];

    /// <summary>The digit as another hand draws it: turned, slanted, stretched, a little shaky.</summary>
    public static IReadOnlyList<(double X, double Y)> Vary(int digit, Random random)
    {
        var (turn, slant, stretch) = (Signed(0.15), Signed(0.2), 1 + Signed(0.2));
        return [.. Shapes[digit].Select(point =>
        {
            var (x, y) = ((point.X - 0.5) * stretch + slant * (0.5 - point.Y), point.Y - 0.5);
            return (x * Math.Cos(turn) - y * Math.Sin(turn) + Signed(0.03), x * Math.Sin(turn) + y * Math.Cos(turn) + Signed(0.03));
        })];

        double Signed(double most) => most * (2 * random.NextDouble() - 1);
    }
}
