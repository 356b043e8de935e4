namespace OnnxPipeline.Pipeline.Evaluation;

/// <summary>The receiver operating characteristic of one class against the others.</summary>
/// <param name="Label">The class that counts as positive.</param>
/// <param name="Auc">The area under the curve, from 0 to 1; 0.5 is chance.</param>
/// <param name="Points">From (0,0) to (1,1), thinned out.</param>
internal sealed record RocCurve(string Label, double Auc, IReadOnlyList<RocPoint> Points)
{
    /// <summary>
    /// The curve of some scores. Samples of equal score pass the threshold together, so that a tie counts half.
    /// Source: Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27, 2006.
    /// </summary>
    /// <param name="label">The positive class.</param>
    /// <param name="scores">The positive class's probability, sample by sample.</param>
    /// <param name="positive">Whether the sample is of that class.</param>
    /// <param name="points">At most so many points are kept.</param>
    /// <returns>Null where all samples are of one kind, so that there is no curve.</returns>
    public static RocCurve? Of(string label, ReadOnlySpan<float> scores, ReadOnlySpan<bool> positive, int points)
    {
        var (ranked, kinds) = (scores.ToArray(), positive.ToArray());
        Array.Sort(ranked, kinds);
        long positives = kinds.Count(k => k), negatives = kinds.Length - positives;
        if (positives == 0 || negatives == 0) return null;

        var curve = new List<RocPoint> { new(0, 0, null) };
        var (hits, alarms, area) = (0L, 0L, 0.0);
        for (var i = ranked.Length - 1; i >= 0;)
        {
            var (score, before) = (ranked[i], curve[^1]);
            for (; i >= 0 && ranked[i] == score; i--) (hits, alarms) = kinds[i] ? (hits + 1, alarms) : (hits, alarms + 1);
            var next = new RocPoint((double)alarms / negatives, (double)hits / positives, score);
            area += (next.FalsePositiveRate - before.FalsePositiveRate) * (next.TruePositiveRate + before.TruePositiveRate) / 2;
            curve.Add(next);
        }
        return new RocCurve(label, area, Thin(curve, points));
    }

    /// <summary>Keeps points at equal distances along the curve, both ends included.</summary>
    private static List<RocPoint> Thin(List<RocPoint> curve, int count)
    {
        if (curve.Count <= count) return curve;
        var kept = new List<RocPoint> { curve[0] };
        // From (0,0) to (1,1), steps right and up add up to 2.
        var stride = 2.0 / (count - 1);
        for (var i = 1; i < curve.Count - 1 && kept.Count < count - 1; i++)
            if (curve[i].FalsePositiveRate + curve[i].TruePositiveRate >= kept.Count * stride) kept.Add(curve[i]);
        kept.Add(curve[^1]);
        return kept;
    }
}

/// <summary>What share of each kind scores at least <paramref name="Threshold"/>; no threshold for the corner where none does.</summary>
internal sealed record RocPoint(double FalsePositiveRate, double TruePositiveRate, double? Threshold);
