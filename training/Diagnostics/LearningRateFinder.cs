namespace OnnxPipeline.Training.Diagnostics;

/// <summary>
/// The learning-rate range test: the rate rises exponentially from step to step, and the loss shows from where on it helps and
/// where it is too much. Source: Smith, "Cyclical learning rates for training neural networks", WACV 2017 (arXiv 2015); the
/// exponential ramp, the smoothing and the suggestions are Howard's.
/// </summary>
public static class LearningRateFinder
{
    /// <summary>Makes the test.</summary>
    /// <param name="options">The ramp, the smoothing, and when to end.</param>
    /// <param name="step">Takes the training step of a number, from 1, at a rate; gives the mean loss over its batch.</param>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    public static LearningRateCurve Find(LearningRateFinderOptions options, Func<int, double, double> step)
    {
        var faults = options.Validate();
        if (faults.Count > 0) throw new ArgumentException(string.Join("\n", faults), nameof(options));
        var points = new List<LearningRatePoint>(options.Steps);
        var (mean, lowest) = (0.0, double.PositiveInfinity);
        for (var number = 1; number <= options.Steps; number++)
        {
            var rate = RateOf(number, options);
            var loss = LossOf(step, number, rate);
            mean = (options.Smoothing * mean) + ((1 - options.Smoothing) * loss);
            var smoothed = mean / (1 - Math.Pow(options.Smoothing, number));
            if (!double.IsFinite(smoothed)) return new LearningRateCurve(points, Diverged: true);
            points.Add(new LearningRatePoint(rate, loss, smoothed));
            lowest = Math.Min(lowest, smoothed);
            if (smoothed > options.Divergence * lowest) return new LearningRateCurve(points, Diverged: true);
        }
        return new LearningRateCurve(points, Diverged: false);
    }

    /// <summary>min·(max/min)^((n−1)/(steps−1))</summary>
    internal static double RateOf(int number, LearningRateFinderOptions options) =>
        options.MinRate * Math.Pow(options.MaxRate / options.MinRate, (number - 1) / (options.Steps - 1.0));

    private static double LossOf(Func<int, double, double> step, int number, double rate)
    {
        try
        {
            return step(number, rate);
        }
        catch (Exception exception) when (exception is NonFiniteLossException or NonFiniteGradientException)
        {
            return double.PositiveInfinity; // That the loss leaves the numbers is what ends a range test.
        }
    }
}
