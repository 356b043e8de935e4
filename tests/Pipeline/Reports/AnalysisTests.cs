using MathNet.Numerics.LinearAlgebra;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Pipeline.Reports.Analysis;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Pipeline.Tests.Reports;

public sealed class AnalysisTests
{
    private const int EachCluster = 40;
    private const int Clusters = 3;

    [Fact]
    public void Steps_of_tsne_lower_the_divergence_and_clusters_come_apart()
    {
        var tsne = new Tsne(Points(spread: 1), perplexity: 15, seed: 1);
        var before = tsne.Divergence();
        tsne.Run(300);
        Assert.InRange(tsne.Divergence(), 0, before / 2);

        // Every point's nearest neighbour in the plane is of its own cluster.
        for (var i = 0; i < EachCluster * Clusters; i++)
            Assert.Equal(i / EachCluster, Enumerable.Range(0, EachCluster * Clusters).Where(j => j != i).MinBy(j => Square(tsne.Layout[2 * i] - tsne.Layout[2 * j]) + Square(tsne.Layout[2 * i + 1] - tsne.Layout[2 * j + 1])) / EachCluster);
    }

    [Fact]
    public void The_same_seed_gives_the_same_layout_to_the_last_bit()
    {
        double[] Layout(ulong seed)
        {
            var tsne = new Tsne(Points(spread: 3), perplexity: 10, seed);
            tsne.Run(60);
            return tsne.Layout;
        }
        Assert.Equal(Layout(1), Layout(1));
        Assert.NotEqual(Layout(1), Layout(2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_few_points_and_points_that_are_all_the_same_are_laid_out_finitely(int count)
    {
        var tsne = new Tsne(new double[count, 3], perplexity: 30, seed: 1);
        tsne.Run(50);
        Assert.All(tsne.Layout, v => Assert.True(double.IsFinite(v)));
        Assert.True(double.IsFinite(tsne.Divergence()));
    }

    [Fact]
    public void Affinities_are_symmetric_sum_to_one_and_have_the_perplexity_asked_for()
    {
        var points = Points(spread: 1);
        var joint = Affinities.Of(points, 15);
        var count = EachCluster * Clusters;
        Assert.Equal(1, joint.Sum(), 1e-9);
        Assert.All(Enumerable.Range(0, count), i => Assert.Equal(joint[i * count + 5], joint[5 * count + i]));
    }

    [Fact]
    public void Principal_components_are_those_of_the_full_decomposition()
    {
        var points = Matrix<double>.Build.DenseOfArray(Points(spread: 1));
        var (scores, shares) = PrincipalComponents.Of(points, 2, seed: 1);
        var means = points.ColumnSums() / points.RowCount;
        var full = Matrix<double>.Build.Dense(points.RowCount, points.ColumnCount, (i, j) => points[i, j] - means[j]).Svd();
        for (var k = 0; k < 2; k++)
        {
            Assert.Equal(full.S[k] * full.S[k] / full.S.Sum(s => s * s), shares[k], 1e-6);
            var exact = full.U.Column(k) * full.S[k];
            Assert.Equal(exact.L2Norm() * exact.L2Norm(), Math.Abs(exact * scores.Column(k)), 1e-4 * exact.L2Norm() * exact.L2Norm());
        }
    }

    [Fact]
    public void Points_that_do_not_vary_have_components_of_zero() =>
        Assert.Equal([0, 0], PrincipalComponents.Of(Matrix<double>.Build.Dense(5, 3, 2), 2, seed: 1).Shares);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(13, 7, 1)]
    [InlineData(5, 9, 3)]
    public void A_png_decodes_to_the_same_pixels(int width, int height, int channels)
    {
        var random = new CounterRandom(1, RandomPurpose.Sampling);
        var pixels = new byte[width * height * channels];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)random.Next(256);
        var decoded = ImageDecoder.Decode(PngEncoder.Encode(new Image(width, height, channels, pixels)), channels, ImageLimits.Default);
        Assert.Equal((width, height), (decoded.Width, decoded.Height));
        Assert.Equal(pixels, decoded.Pixels);
    }

    [Fact]
    public void A_histogram_counts_what_is_in_range_and_passes_over_what_is_no_number()
    {
        float[] values = [0, 0.4f, 0.6f, 1, float.NaN, 7];
        Assert.Equal([(0.25, 2.0 / 6), (0.75, 2.0 / 6)], Histogram.Of(values, 0, 1, 2));
        Assert.Equal((0, 7), Histogram.Range(values, []));
        Assert.Null(Histogram.Range([float.NaN], [1, 1]));
    }

    private static double Square(double x) => x * x;

    /// <summary>Three clusters in ten dimensions, far apart for a small spread.</summary>
    private static double[,] Points(double spread)
    {
        var random = new CounterRandom(7, RandomPurpose.Sampling);
        var points = new double[EachCluster * Clusters, 10];
        for (var i = 0; i < points.GetLength(0); i++)
            for (var k = 0; k < 10; k++) points[i, k] = spread * random.NextNormal() + (k % Clusters == i / EachCluster ? 8 : 0);
        return points;
    }
}
