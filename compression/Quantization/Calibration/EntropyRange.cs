namespace OnnxPipeline.Compression.Quantization.Calibration;

/// <summary>
/// The magnitude to cut values off at, such that their quantised distribution tells least amiss of their own: the Kullback-Leibler
/// divergence of the two is least. Source: S. Migacz, 8-bit inference with TensorRT, GTC 2017.
/// </summary>
internal static class EntropyRange
{
    /// <summary>The probability of a level that holds nothing but what was cut off: not zero, or one outlier would decide.</summary>
    private const double Unseen = 1e-4;

    /// <param name="histogram">The values.</param>
    /// <param name="levels">Into how many steps the integers divide the magnitudes.</param>
    public static ValueRange Of(Histogram histogram, int levels)
    {
        if (histogram.BinsPerSide <= levels) return histogram.Range;
        var counts = histogram.Magnitudes();
        // Zero is exact whatever the threshold, and ReLU makes so many that nothing else would count.
        counts[0] = counts[1];
        var (best, least) = (counts.Length, double.PositiveInfinity);
        for (var kept = levels; kept <= counts.Length; kept++)
        {
            var divergence = Divergence(counts, kept, levels);
            if (divergence < least) (best, least) = (kept, divergence);
        }
        return double.IsFinite(least) ? histogram.Range.Within(best * histogram.BinWidth) : histogram.Range;
    }

    /// <summary>KL(P‖Q) in nats: P has what lies beyond the kept bins in its last one, Q spreads each level's count over the bins in it that are not empty.</summary>
    private static double Divergence(long[] counts, int kept, int levels)
    {
        var beyond = 0L;
        for (var i = kept; i < counts.Length; i++) beyond += counts[i];
        var inside = 0L;
        for (var i = 0; i < kept; i++) inside += counts[i];
        if (inside == 0) return double.PositiveInfinity;

        var sum = 0.0;
        for (var level = 0; level < levels; level++)
        {
            var (from, to) = (level * kept / levels, (level + 1) * kept / levels);
            var (total, filled) = (0L, 0);
            for (var i = from; i < to; i++)
            {
                total += counts[i];
                if (counts[i] > 0 || i == kept - 1 && beyond > 0) filled++;
            }
            if (filled == 0) continue;
            var q = total == 0 ? Unseen : (double)total / filled / inside;
            for (var i = from; i < to; i++)
            {
                var p = (double)(counts[i] + (i == kept - 1 ? beyond : 0)) / (inside + beyond);
                if (p > 0) sum += p * Math.Log(p / q);
            }
        }
        return sum;
    }
}
