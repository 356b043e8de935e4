namespace OnnxPipeline.Compression.Quantization.Calibration;

/// <summary>
/// The magnitude to cut values off at, such that their quantised distribution tells least amiss of their own: the Kullback-Leibler
/// divergence of the two is least. Source: S. Migacz, 8-bit inference with TensorRT, GTC 2017.
/// </summary>
internal static class EntropyRange
{
    /// <param name="histogram">The values.</param>
    /// <param name="levels">Into how many steps the integers divide the magnitudes.</param>
    public static ValueRange Of(Histogram histogram, int levels)
    {
        var counts = histogram.Magnitudes();
        if (counts.Length <= levels || counts.All(c => c == 0)) return histogram.Range;
        var (best, least) = (counts.Length, double.PositiveInfinity);
        for (var kept = levels; kept <= counts.Length; kept++)
        {
            var divergence = Divergence(counts, kept, levels);
            if (divergence < least) (best, least) = (kept, divergence);
        }
        return histogram.Range.Within(best * histogram.BinWidth);
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
            var q = Math.Max((double)total / filled / inside, double.Epsilon);
            for (var i = from; i < to; i++)
            {
                var p = (double)(counts[i] + (i == kept - 1 ? beyond : 0)) / (inside + beyond);
                if (p > 0) sum += p * Math.Log(p / q);
            }
        }
        return sum;
    }
}
