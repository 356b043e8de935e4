namespace OnnxPipeline.Training.Lowering;

/// <summary>
/// A filter that gives m neighbouring outputs y_i = Σ_j w_j·x_(i+j) of r taps from m + r − 1 products in place of m·r:
/// y = Aᵀ[(G·w) ⊙ (B·x)]. Both polynomials are evaluated at points, the last one at infinity, and multiplied there.
/// Source: Toom 1963 and Cook 1966, as in Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016.
/// </summary>
internal sealed class MinimalFilter
{
    /// <summary>Small numbers, of which few are large when raised to powers: rounding grows with those.</summary>
    private static readonly double[] Points = [0, 1, -1, 0.5, -2];

    public MinimalFilter(int outputs, int taps)
    {
        (Outputs, Products) = (outputs, outputs + taps - 1);
        var points = Points.AsSpan(0, Products - 1);
        (A, G, B) = (new double[Products, outputs], new double[Products, taps], new double[Products, Products]);
        for (var p = 0; p < Products; p++)
        {
            var infinite = p == points.Length;
            double[] others = infinite ? points.ToArray() : [.. points[..p], .. points[(p + 1)..]];
            var scale = infinite ? 1 : others.Aggregate(1.0, (product, other) => product * (Points[p] - other));
            for (var i = 0; i < outputs; i++) A[p, i] = infinite ? (i == outputs - 1 ? 1 : 0) : Math.Pow(points[p], i);
            for (var j = 0; j < taps; j++) G[p, j] = infinite ? (j == taps - 1 ? 1 : 0) : Math.Pow(points[p], j) / scale;
            var coefficients = WithRoots(others);
            for (var k = 0; k < coefficients.Length; k++) B[p, k] = coefficients[k];
        }
    }

    /// <summary>The most outputs that there are points for.</summary>
    public static int MostOutputs(int taps) => Points.Length + 2 - taps;

    /// <summary>m.</summary>
    public int Outputs { get; }

    /// <summary>m + r − 1, which is also how many inputs the outputs are of.</summary>
    public int Products { get; }

    /// <summary>[product, output].</summary>
    public double[,] A { get; }

    /// <summary>[product, tap].</summary>
    public double[,] G { get; }

    /// <summary>[product, input].</summary>
    public double[,] B { get; }

    /// <summary>The coefficients, from the lowest, of the polynomial Π (t − root).</summary>
    private static double[] WithRoots(IEnumerable<double> roots)
    {
        double[] polynomial = [1];
        foreach (var root in roots)
        {
            var next = new double[polynomial.Length + 1];
            for (var k = 0; k < polynomial.Length; k++)
            {
                next[k] -= root * polynomial[k];
                next[k + 1] += polynomial[k];
            }
            polynomial = next;
        }
        return polynomial;
    }
}
