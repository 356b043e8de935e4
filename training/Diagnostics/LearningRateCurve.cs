namespace OnnxPipeline.Training.Diagnostics;

/// <summary>A step of a range test.</summary>
/// <param name="LearningRate">The rate of the step.</param>
/// <param name="Loss">The mean over its batch, before the step changed the weights.</param>
/// <param name="SmoothedLoss">The running mean up to this step, corrected for its beginning at 0.</param>
public readonly record struct LearningRatePoint(double LearningRate, double Loss, double SmoothedLoss);

/// <summary>The loss over the learning rate, and the rates that it suggests.</summary>
/// <param name="Points">By step, and so by rising rate.</param>
/// <param name="Diverged">Whether the loss ended the test before its highest rate.</param>
public sealed record LearningRateCurve(IReadOnlyList<LearningRatePoint> Points, bool Diverged)
{
    /// <summary>The first points' means are of too few losses to have a slope worth reading.</summary>
    private const double Unsettled = 0.1;

    /// <summary>A fall of less than this share is rounding.</summary>
    private const double Rounding = 1e-6;

    private int Settled => (int)Math.Ceiling(Points.Count * Unsettled);

    private int Minimum => Points.Count <= Settled ? Settled : Enumerable.Range(Settled, Points.Count - Settled).MinBy(i => Points[i].SmoothedLoss);

    private bool Falls => Minimum > Settled && Points[Settled].SmoothedLoss - Points[Minimum].SmoothedLoss > Rounding * Math.Abs(Points[Settled].SmoothedLoss);

    /// <summary>The rate at which the smoothed loss falls fastest over the rate's logarithm; null where it never falls. Source: Howard and Gugger, "fastai: a layered API for deep learning", 2020.</summary>
    public double? SteepestDescent
    {
        get
        {
            if (!Falls) return null;
            var candidates = Enumerable.Range(Settled + 1, Math.Max(0, Minimum - Settled - 1)).Select(i => (Rate: Points[i].LearningRate, Slope: Slope(i))).Where(c => c.Slope < 0).ToArray();
            return candidates.Length == 0 ? null : candidates.MinBy(c => c.Slope).Rate;
        }
    }

    /// <summary>A tenth of the rate at which the smoothed loss is lowest; null where it never falls. Source: as <see cref="SteepestDescent"/>.</summary>
    public double? MinimumTenth => Falls ? Points[Minimum].LearningRate / 10 : null;

    /// <summary>The central difference of the smoothed loss by ln(rate).</summary>
    private double Slope(int i) => (Points[i + 1].SmoothedLoss - Points[i - 1].SmoothedLoss) / Math.Log(Points[i + 1].LearningRate / Points[i - 1].LearningRate);
}
