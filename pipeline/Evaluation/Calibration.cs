using System.Numerics.Tensors;

namespace OnnxPipeline.Pipeline.Evaluation;

/// <summary>Whether a classifier is right as often as it says: of answers given with 80 %, are 80 % right?</summary>
/// <param name="ExpectedCalibrationError">Mean distance between confidence and accuracy over the bins, weighted by their samples, from 0 to 1.</param>
/// <param name="Bins">Of equal width over the confidence, from 0 to 1.</param>
internal sealed record Calibration(double ExpectedCalibrationError, IReadOnlyList<CalibrationBin> Bins);

/// <summary>The samples whose confidence falls into one bin; confidence and accuracy are null where there are none.</summary>
internal sealed record CalibrationBin(long Samples, double? Confidence, double? Accuracy);

/// <summary>
/// Bins answers by their confidence, the highest probability.
/// Source: Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017.
/// </summary>
internal sealed class CalibrationCounter
{
    /// <summary>As in the paper.</summary>
    public const int Bins = 15;

    private readonly long[] _samples = new long[Bins];
    private readonly long[] _right = new long[Bins];
    private readonly double[] _confidence = new double[Bins];

    /// <summary>Adds one answer: its probabilities, and whether it is right.</summary>
    public void Add(ReadOnlySpan<float> probabilities, bool right)
    {
        var confidence = TensorPrimitives.Max(probabilities);
        // Bins are open below and closed above: (i/15, (i+1)/15].
        var bin = Math.Clamp((int)Math.Ceiling(confidence * Bins) - 1, 0, Bins - 1);
        _samples[bin]++;
        _confidence[bin] += confidence;
        if (right) _right[bin]++;
    }

    public Calibration ToCalibration()
    {
        var all = _samples.Sum();
        var distance = Enumerable.Range(0, Bins).Sum(b => Math.Abs(_right[b] - _confidence[b]));
        return new Calibration(all == 0 ? 0 : distance / all, [.. Enumerable.Range(0, Bins).Select(BinOf)]);
    }

    private CalibrationBin BinOf(int b) => _samples[b] == 0
        ? new CalibrationBin(0, null, null)
        : new CalibrationBin(_samples[b], _confidence[b] / _samples[b], (double)_right[b] / _samples[b]);
}
