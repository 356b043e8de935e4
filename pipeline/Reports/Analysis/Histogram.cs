namespace OnnxPipeline.Pipeline.Reports.Analysis;

/// <summary>Counts of values in bins of equal width.</summary>
internal static class Histogram
{
    /// <summary>The share of the values in each bin, at the bin's middle; values outside the range, or not finite, are left out.</summary>
    public static IReadOnlyList<(double X, double? Y)> Of(ReadOnlySpan<float> values, double low, double high, int bins)
    {
        var counts = new long[bins];
        foreach (var value in values)
            if (value >= low && value <= high) counts[Math.Min((int)((value - low) / (high - low) * bins), bins - 1)]++;
        var total = Math.Max(1, values.Length);
        return [.. counts.Select((count, i) => (low + (i + 0.5) * (high - low) / bins, (double?)((double)count / total)))];
    }

    /// <summary>The least and the greatest finite value of both; null where they are one.</summary>
    public static (double Low, double High)? Range(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        Widen(first);
        Widen(second);
        return low < high ? (low, high) : null;

        void Widen(ReadOnlySpan<float> values)
        {
            foreach (var value in values)
                if (float.IsFinite(value)) (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }
    }
}
