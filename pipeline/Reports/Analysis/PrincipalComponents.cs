using MathNet.Numerics.LinearAlgebra;
using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Pipeline.Reports.Analysis;

/// <summary>
/// The directions in which points vary most. Wide data make the covariance too large to decompose, so its leading space is
/// found by power iterations from a random start.
/// Source: Halko, Martinsson and Tropp, "Finding structure with randomness", SIAM Review 53, 2011, algorithm 4.4.
/// </summary>
internal static class PrincipalComponents
{
    private const int Oversampling = 8;
    private const int Iterations = 6;

    /// <summary>Scores of the points on the first <paramref name="count"/> components, or on as many as there are; the components' shares of the variance too.</summary>
    /// <param name="points">[points, features]</param>
    /// <param name="count">Components.</param>
    /// <param name="seed">Of the random start.</param>
    public static (Matrix<double> Scores, double[] Shares) Of(Matrix<double> points, int count, ulong seed)
    {
        var centred = Centred(points);
        var size = Math.Min(count + Oversampling, Math.Min(points.RowCount, points.ColumnCount));
        var random = new CounterRandom(seed, RandomPurpose.Sampling);
        var range = centred * Matrix<double>.Build.Dense(points.ColumnCount, size, (_, _) => random.NextNormal());
        for (var i = 0; i < Iterations; i++) range = centred * centred.TransposeThisAndMultiply(range.QR().Q);

        var basis = range.QR().Q;
        var decomposed = basis.TransposeThisAndMultiply(centred).Svd();
        var kept = Math.Min(count, size);
        var scores = basis * (decomposed.U.SubMatrix(0, size, 0, kept) * Matrix<double>.Build.DiagonalOfDiagonalVector(decomposed.S.SubVector(0, kept)));
        var variance = centred.Enumerate().Sum(v => v * v);
        return (scores, [.. decomposed.S.Take(kept).Select(s => variance > 0 ? s * s / variance : 0)]);
    }

    private static Matrix<double> Centred(Matrix<double> points)
    {
        var means = points.ColumnSums() / points.RowCount;
        return Matrix<double>.Build.Dense(points.RowCount, points.ColumnCount, (row, column) => points[row, column] - means[column]);
    }
}
