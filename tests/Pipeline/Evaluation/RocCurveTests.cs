using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Pipeline.Evaluation;

namespace OnnxPipeline.Pipeline.Tests.Evaluation;

public sealed class RocCurveTests
{
    [Fact]
    public void The_curve_and_its_area_are_those_counted_by_hand()
    {
        var curve = RocCurve.Of("yes", [0.9f, 0.8f, 0.7f, 0.6f], [true, false, true, false], 100)!;
        Assert.Equal(0.75, curve.Auc);
        Assert.Equal([(0, 0), (0, 0.5), (0.5, 0.5), (0.5, 1), (1, 1)], curve.Points.Select(p => (p.FalsePositiveRate, p.TruePositiveRate)));
        Assert.Equal([null, 0.9f, 0.8f, 0.7f, 0.6f], curve.Points.Select(p => (float?)p.Threshold));
    }

    [Fact]
    public void Equal_scores_count_half() => Assert.Equal(0.5, RocCurve.Of("yes", [0.5f, 0.5f, 0.5f], [true, false, true], 100)!.Auc);

    [Fact]
    public void Samples_of_one_kind_have_no_curve() => Assert.Null(RocCurve.Of("yes", [0.1f, 0.2f], [true, true], 100));

    /// <summary>The area is the chance that a positive scores above a negative (Fawcett 2006, section 7).</summary>
    [Fact]
    public void The_area_is_the_share_of_pairs_in_the_right_order() => Prop.ForAll<(byte Score, bool Positive)[]>(samples =>
    {
        float[] scores = [.. samples.Select(s => (float)(s.Score % 16))];
        bool[] kinds = [.. samples.Select(s => s.Positive)];
        if (RocCurve.Of("yes", scores, kinds, 5) is not { } curve) return kinds.All(k => k) || kinds.All(k => !k);
        var pairs = (from p in samples where p.Positive from n in samples where !n.Positive select (p.Score % 16).CompareTo(n.Score % 16)).ToArray();
        return Math.Abs(curve.Auc - pairs.Average(c => (c + 1) / 2.0)) < 1e-9 && curve.Points.Count <= 5
            && curve.Points[0] is { FalsePositiveRate: 0, TruePositiveRate: 0 } && curve.Points[^1] is { FalsePositiveRate: 1, TruePositiveRate: 1 };
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Two_classes_have_one_curve_a_few_have_one_each_and_many_have_none()
    {
        Assert.Equal(["b"], RocAnalysis.Of(["a", "b"], [0.8f, 0.2f, 0.3f, 0.7f], [0, 1]).Select(c => c.Label));
        Assert.Equal(["a", "b"], RocAnalysis.Of(["a", "b", "absent"], [0.8f, 0.2f, 0, 0.3f, 0.7f, 0], [0, 1]).Select(c => c.Label));
        Assert.Empty(RocAnalysis.Of([.. Enumerable.Range(0, 13).Select(i => $"{i}")], new float[26], [0, 1]));
    }
}
