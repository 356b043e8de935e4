using OnnxPipeline.Compression.Quantization.Scheme;

namespace OnnxPipeline.Compression.Quantization.Calibration;

/// <summary>The magnitude to cut values off at, such that rounding what is inside and losing what is outside makes the least squared error together.</summary>
internal static class MeanSquaredRange
{
    /// <summary>Magnitudes tried, in equal steps.</summary>
    private const int Candidates = 128;

    public static ValueRange Of(Histogram histogram, IntegerRange integers, bool symmetric)
    {
        var (best, least) = (histogram.Range, double.PositiveInfinity);
        for (var i = 1; i <= Candidates; i++)
        {
            var range = histogram.Range.Within(histogram.Range.LargestMagnitude * i / Candidates);
            var error = Error(histogram, QuantizationParameters.Of(range.Min, range.Max, integers, symmetric));
            if (error < least) (best, least) = (range, error);
        }
        return best;
    }

    /// <summary>The summed squared error, each bin's values taken to be in its middle.</summary>
    private static double Error(Histogram histogram, QuantizationParameters parameters)
    {
        var sum = 0.0;
        for (var bin = 0; bin < histogram.Counts.Length; bin++)
        {
            if (histogram.Counts[bin] == 0) continue;
            var value = histogram.Edge(bin) + histogram.BinWidth / 2;
            var error = value - parameters.Dequantize(parameters.Quantize((float)value));
            sum += histogram.Counts[bin] * error * error;
        }
        return sum;
    }
}
