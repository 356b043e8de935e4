using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Batches.Augmentations;

/// <summary>Numbers from Beta(alpha, alpha): X / (X + Y) of two Gamma(alpha) variates.</summary>
internal static class BetaDistribution
{
    /// <summary>In [0, 1]; its mean is 1/2 and its variance 1 / (4 (2 alpha + 1)).</summary>
    /// <param name="random">Where the random numbers come from.</param>
    /// <param name="alpha">Above 0; however small, since logarithms cannot underflow as the variates would.</param>
    public static double NextSymmetric(ref CounterRandom random, double alpha)
    {
        var x = LogGamma(ref random, alpha);
        var y = LogGamma(ref random, alpha);
        return 1 / (1 + Math.Exp(y - x));
    }

    /// <summary>
    /// The logarithm of a Gamma(<paramref name="alpha"/>, 1) variate. Source: Marsaglia and Tsang, "A simple method for generating gamma
    /// variables", 2000; below 1, by their Gamma(alpha) = Gamma(alpha + 1) · U^(1/alpha).
    /// </summary>
    private static double LogGamma(ref CounterRandom random, double alpha)
    {
        var boost = alpha < 1 ? Math.Log(1 - random.NextDouble()) / alpha : 0;
        var d = (alpha < 1 ? alpha + 1 : alpha) - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = random.NextNormal();
            var v = 1 + (c * x);
            if (v <= 0) continue;
            v = v * v * v;
            if (Math.Log(1 - random.NextDouble()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v))) return Math.Log(d * v) + boost;
        }
    }
}
