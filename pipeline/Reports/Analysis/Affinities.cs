namespace OnnxPipeline.Pipeline.Reports.Analysis;

/// <summary>How near points are to each other, as t-SNE has it: symmetric probabilities over pairs, row by row, that sum to 1.</summary>
internal static class Affinities
{
    private const int Bisections = 50;

    /// <param name="points">[points, features]</param>
    /// <param name="perplexity">Effective neighbours of each point: its Gaussian is made as wide as that takes.</param>
    public static double[] Of(double[,] points, double perplexity)
    {
        var count = points.GetLength(0);
        var conditional = new double[count * count];
        Parallel.For(0, count, i => Fit(Distances(points, i), i, Math.Log(perplexity), conditional.AsSpan(i * count, count)));
        var joint = new double[count * count];
        for (var i = 0; i < count; i++)
            for (var j = 0; j < count; j++) joint[i * count + j] = (conditional[i * count + j] + conditional[j * count + i]) / (2 * count);
        return joint;
    }

    private static double[] Distances(double[,] points, int i)
    {
        var distances = new double[points.GetLength(0)];
        for (var j = 0; j < distances.Length; j++)
            for (var k = 0; k < points.GetLength(1); k++)
            {
                var difference = points[i, k] - points[j, k];
                distances[j] += difference * difference;
            }
        return distances;
    }

    /// <summary>Finds the precision at which the row's entropy is the perplexity's logarithm. Entropy falls as precision rises.</summary>
    private static void Fit(double[] distances, int self, double target, Span<double> row)
    {
        var nearest = distances.Where((_, j) => j != self).DefaultIfEmpty().Min();
        var (low, high, precision) = (0.0, double.PositiveInfinity, 1.0);
        for (var i = 0; i < Bisections; i++)
        {
            if (Entropy(distances, self, nearest, precision, row) > target) low = precision;
            else high = precision;
            precision = double.IsInfinity(high) ? precision * 2 : (low + high) / 2;
        }
    }

    private static double Entropy(double[] distances, int self, double nearest, double precision, Span<double> row)
    {
        var (sum, weighted) = (0.0, 0.0);
        for (var j = 0; j < row.Length; j++)
        {
            // From the nearest point on, so that not all weights vanish.
            var beyond = distances[j] - nearest;
            row[j] = j == self ? 0 : Math.Exp(-precision * beyond);
            sum += row[j];
            weighted += row[j] * beyond;
        }
        if (sum == 0) return 0;
        for (var j = 0; j < row.Length; j++) row[j] /= sum;
        return Math.Log(sum) + precision * weighted / sum;
    }
}
