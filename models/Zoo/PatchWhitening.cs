using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Models.Zoo;

/// <summary>
/// Filters whose outputs on the patches of training images are uncorrelated and of variance 1: the eigenvectors v of the patches'
/// covariance, each over √(λ + ε), and the same again negated. Since a patch and its negative weigh alike, the mean is 0 and the
/// covariance E[p·pᵀ]. Source: Jordan 2024 (arXiv 2404.00498), after Page, "How to train your ResNet", 2019.
/// </summary>
internal static class PatchWhitening
{
    private const double Epsilon = 5e-4;

    /// <summary>[2·C·size², C, size, size], by falling λ. Without samples the patches are taken to be white already.</summary>
    public static float[] Filters(ImageModelInput images, int size)
    {
        var length = images.Channels * size * size;
        var (values, vectors) = SymmetricEigen.Decompose(images.Samples.IsEmpty ? Identity(length) : Covariance(images, size));
        var filters = new float[2 * length * length];
        for (var filter = 0; filter < length; filter++)
        {
            var scale = 1 / Math.Sqrt(Math.Max(0, values[filter]) + Epsilon);
            for (var i = 0; i < length; i++)
            {
                var weight = (float)(vectors[filter, i] * scale);
                (filters[filter * length + i], filters[(length + filter) * length + i]) = (weight, -weight);
            }
        }
        return filters;
    }

    /// <summary>E[p·pᵀ] over every patch of the normalised samples; a patch is laid out [C, size, size].</summary>
    private static double[,] Covariance(ImageModelInput images, int size)
    {
        var length = images.Channels * size * size;
        var sums = new double[length, length];
        var patch = new double[length];
        var normalized = Normalized(images);
        var samples = images.Samples.Span;
        var count = 0L;
        for (var start = 0; start < samples.Length; start += images.Pixels)
        {
            var image = samples.Slice(start, images.Pixels);
            for (var row = 0; row + size <= images.Height; row++)
            {
                for (var column = 0; column + size <= images.Width; column++, count++)
                {
                    for (var i = 0; i < length; i++)
                    {
                        var (channel, y, x) = (i / (size * size), row + i / size % size, column + i % size);
                        patch[i] = normalized[channel, image[(channel * images.Height + y) * images.Width + x]];
                    }
                    for (var i = 0; i < length; i++)
                    {
                        for (var j = 0; j <= i; j++) sums[i, j] += patch[i] * patch[j];
                    }
                }
            }
        }
        for (var i = 0; i < length; i++)
        {
            for (var j = 0; j <= i; j++) sums[i, j] = sums[j, i] = sums[i, j] / Math.Max(1, count);
        }
        return sums;
    }

    /// <summary>The normalised value of every byte, channel by channel.</summary>
    private static double[,] Normalized(ImageModelInput images)
    {
        var table = new double[images.Channels, 256];
        for (var channel = 0; channel < images.Channels; channel++)
        {
            for (var pixel = 0; pixel < 256; pixel++) table[channel, pixel] = (pixel / 255.0 - images.Mean[channel]) / images.Std[channel];
        }
        return table;
    }

    private static double[,] Identity(int length)
    {
        var matrix = new double[length, length];
        for (var i = 0; i < length; i++) matrix[i, i] = 1;
        return matrix;
    }
}
