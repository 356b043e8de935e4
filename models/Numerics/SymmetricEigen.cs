namespace OnnxPipeline.Models.Numerics;

/// <summary>
/// Eigenvalues and eigenvectors of a small symmetric matrix, by Jacobi's method: plane rotations, in a fixed order, until nothing is
/// left off the diagonal. The same matrix always gives the same answer. Source: Golub and Van Loan, "Matrix computations", section 8.5.
/// </summary>
public static class SymmetricEigen
{
    private const int MaxSweeps = 64;

    /// <summary>The eigenvalues from the largest to the smallest; row i of the vectors, of length 1, belongs to value i.</summary>
    /// <exception cref="ArgumentException">The matrix is not square and symmetric, or holds a number that is not finite.</exception>
    public static (double[] Values, double[,] Vectors) Decompose(double[,] matrix)
    {
        var size = matrix.GetLength(0);
        Check(matrix);
        var a = (double[,])matrix.Clone();
        var vectors = new double[size, size];
        for (var i = 0; i < size; i++) vectors[i, i] = 1;

        for (var sweep = 0; sweep < MaxSweeps && !IsDiagonal(a); sweep++)
        {
            for (var p = 0; p < size - 1; p++)
            {
                for (var q = p + 1; q < size; q++) Rotate(a, vectors, p, q);
            }
        }

        int[] order = [.. Enumerable.Range(0, size).OrderByDescending(i => a[i, i])];
        var sorted = new double[size, size];
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++) sorted[i, j] = vectors[order[i], j];
        }
        return ([.. order.Select(i => a[i, i])], sorted);
    }

    private static void Check(double[,] matrix)
    {
        var (rows, columns) = (matrix.GetLength(0), matrix.GetLength(1));
        if (rows != columns) throw new ArgumentException($"The matrix is {rows}x{columns}; expected a square one.", nameof(matrix));
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                if (!double.IsFinite(matrix[i, j]) || matrix[i, j] != matrix[j, i])
                    throw new ArgumentException($"The matrix has {matrix[i, j]} at [{i}, {j}] and {matrix[j, i]} at [{j}, {i}]; expected equal, finite numbers.", nameof(matrix));
            }
        }
    }

    /// <summary>Whether what is off the diagonal vanishes beside it in double precision.</summary>
    private static bool IsDiagonal(double[,] a)
    {
        var (off, all) = (0.0, 0.0);
        for (var i = 0; i < a.GetLength(0); i++)
        {
            for (var j = 0; j <= i; j++)
            {
                all += a[i, j] * a[i, j];
                if (j < i) off += a[i, j] * a[i, j];
            }
        }
        return off <= 1e-30 * all;
    }

    /// <summary>A ← JᵀAJ with the rotation J of the plane (p, q) that makes A[p, q] zero; the vectors' rows turn along.</summary>
    private static void Rotate(double[,] a, double[,] vectors, int p, int q)
    {
        if (a[p, q] == 0) return;
        var tau = (a[q, q] - a[p, p]) / (2 * a[p, q]);
        var t = (tau >= 0 ? 1 : -1) / (Math.Abs(tau) + Math.Sqrt(1 + tau * tau));
        var cosine = 1 / Math.Sqrt(1 + t * t);
        var sine = t * cosine;
        for (var k = 0; k < a.GetLength(0); k++) (a[k, p], a[k, q]) = (cosine * a[k, p] - sine * a[k, q], sine * a[k, p] + cosine * a[k, q]);
        for (var k = 0; k < a.GetLength(0); k++)
        {
            (a[p, k], a[q, k]) = (cosine * a[p, k] - sine * a[q, k], sine * a[p, k] + cosine * a[q, k]);
            (vectors[p, k], vectors[q, k]) = (cosine * vectors[p, k] - sine * vectors[q, k], sine * vectors[p, k] + cosine * vectors[q, k]);
        }
        (a[p, q], a[q, p]) = (0, 0);
    }
}
