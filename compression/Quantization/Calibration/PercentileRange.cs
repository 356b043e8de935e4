namespace OnnxPipeline.Compression.Quantization.Calibration;

/// <summary>The range that holds a share of the values.</summary>
internal static class PercentileRange
{
    /// <param name="histogram">The values.</param>
    /// <param name="percentile">The share inside, in percent; for a symmetric range, of magnitudes.</param>
    /// <param name="symmetric">Whether the range is to be the same on both sides of zero.</param>
    public static ValueRange Of(Histogram histogram, double percentile, bool symmetric)
    {
        if (symmetric) return histogram.Range.Within(Above(histogram.Magnitudes(), percentile / 100) * histogram.BinWidth);
        var cut = (100 - percentile) / 200;
        var low = histogram.Edge(Above(histogram.Counts, cut) - 1);
        var high = histogram.Edge(Above(histogram.Counts, 1 - cut));
        return new ValueRange(Math.Max(low, histogram.Range.Min), Math.Min(high, histogram.Range.Max));
    }

    /// <summary>How many bins from the first on hold at least this share of all values.</summary>
    private static int Above(long[] counts, double share)
    {
        var wanted = share * counts.Sum();
        var sum = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            sum += counts[i];
            if (sum >= wanted && sum > 0) return i + 1;
        }
        return counts.Length;
    }
}
