using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Models.Tests.Numerics;

public sealed class SymmetricEigenTests
{
    [Fact]
    public void Any_symmetric_matrix_is_put_together_again_from_its_orthonormal_eigenvectors()
    {
        var matrices = from size in Gen.Choose(1, 20) from seed in Gen.Choose(1, 1000) select Random(size, (ulong)seed);
        var property = Prop.ForAll(matrices.ToArbitrary(), matrix =>
        {
            var (values, vectors) = SymmetricEigen.Decompose(matrix);
            var size = values.Length;
            Assert.Equal(values.OrderDescending(), values);
            for (var i = 0; i < size; i++)
            {
                for (var j = 0; j < size; j++)
                {
                    Assert.Equal(i == j ? 1 : 0, Enumerable.Range(0, size).Sum(k => vectors[i, k] * vectors[j, k]), 1e-12);
                    Assert.Equal(matrix[i, j], Enumerable.Range(0, size).Sum(k => values[k] * vectors[k, i] * vectors[k, j]), 1e-10);
                }
            }
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(50), property);
    }

    [Fact]
    public void A_matrix_known_by_hand_has_its_eigenvalues()
    {
        var (values, vectors) = SymmetricEigen.Decompose(new double[,] { { 2, 1 }, { 1, 2 } });
        Assert.Equal([3.0, 1.0], values.Select(v => Math.Round(v, 12)));
        Assert.Equal(vectors[0, 0], vectors[0, 1], 1e-12);
    }

    [Fact]
    public void A_diagonal_matrix_is_only_sorted()
    {
        var (values, vectors) = SymmetricEigen.Decompose(new double[,] { { 1, 0, 0 }, { 0, 0, 0 }, { 0, 0, 5 } });
        Assert.Equal([5.0, 1, 0], values);
        Assert.Equal(1, vectors[0, 2]);
    }

    [Fact]
    public void What_is_not_square_symmetric_and_finite_is_refused()
    {
        Assert.Contains("2x3", Assert.Throws<ArgumentException>(() => SymmetricEigen.Decompose(new double[2, 3])).Message, StringComparison.Ordinal);
        Assert.Contains("at [1, 0]", Assert.Throws<ArgumentException>(() => SymmetricEigen.Decompose(new double[,] { { 1, 2 }, { 3, 1 } })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SymmetricEigen.Decompose(new[,] { { double.NaN } }));
    }

    private static double[,] Random(int size, ulong seed)
    {
        var random = new CounterRandom(seed, RandomPurpose.Sampling);
        var matrix = new double[size, size];
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++) matrix[i, j] = matrix[j, i] = random.NextNormal();
        }
        return matrix;
    }
}
