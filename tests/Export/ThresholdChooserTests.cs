using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Export.Thresholds;

namespace OnnxPipeline.Export.Tests;

public sealed class ThresholdChooserTests
{
    private static readonly float[] Probabilities = [0.1f, 0.2f, 0.3f, 0.4f, 0.6f, 0.7f, 0.8f, 0.9f];
    private static readonly int[] Labels = [0, 0, 1, 0, 0, 1, 1, 1];

    [Fact]
    public void The_nearest_point_to_the_corner_is_chosen() =>
        Assert.Equal(new ChosenThreshold(0.65, 0.75, 0), Rounded(ThresholdChooser.Choose(Probabilities, Labels, new CornerThresholdOptions())));

    [Fact]
    public void A_dear_false_negative_lowers_the_threshold() =>
        Assert.Equal(new ChosenThreshold(0.25, 1, 0.5), Rounded(ThresholdChooser.Choose(Probabilities, Labels, new CostThresholdOptions { FalseNegative = 5 })));

    [Fact]
    public void A_dear_false_positive_raises_it()
    {
        int[] labels = [0, 0, 1, 0, 1, 1, 0, 1];
        Assert.Equal(new ChosenThreshold(0.85, 0.25, 0), Rounded(ThresholdChooser.Choose(Probabilities, labels, new CostThresholdOptions { FalsePositive = 5 })));
    }

    [Fact]
    public void Equal_probabilities_are_answered_alike() =>
        Assert.Equal(0.4, ThresholdChooser.Choose([0.3f, 0.5f, 0.5f, 0.5f], [0, 1, 0, 1], new YoudenThresholdOptions()).Threshold, 6);

    [Fact]
    public void Samples_of_one_class_choose_nothing()
    {
        Assert.Contains("both classes", Assert.Throws<ArgumentException>(() => ThresholdChooser.Choose([0.1f, 0.2f], [1, 1], new YoudenThresholdOptions())).Message, StringComparison.Ordinal);
        Assert.Contains("sample 1 is NaN", Assert.Throws<ArgumentException>(() => ThresholdChooser.Choose([0.1f, float.NaN], [0, 1], new YoudenThresholdOptions())).Message, StringComparison.Ordinal);
    }

    /// <summary>By trying every threshold there is.</summary>
    [Fact]
    public void No_other_threshold_costs_less()
    {
        var samples = from count in Gen.Choose(2, 30)
                      from scores in Gen.Choose(0, 20).ArrayOf(count)
                      from labels in Gen.Choose(0, 1).ArrayOf(count)
                      select (Scores: Array.ConvertAll(scores, s => s / 20f), Labels: labels);
        Prop.ForAll(samples.Where(s => s.Labels.Contains(0) && s.Labels.Contains(1)).ToArbitrary(), sample =>
        {
            var chosen = ThresholdChooser.Choose(sample.Scores, sample.Labels, new CostThresholdOptions { FalseNegative = 2 });
            double Cost(double threshold) => sample.Scores.Zip(sample.Labels).Sum(s => (s.First >= threshold, s.Second) switch { (true, 0) => 1, (false, 1) => 2, _ => 0 });
            return Enumerable.Range(0, 43).All(i => Cost(chosen.Threshold) <= Cost(i / 40.0 - 0.001));
        }).QuickCheckThrowOnFailure();
    }

    private static ChosenThreshold Rounded(ChosenThreshold chosen) => chosen with { Threshold = Math.Round(chosen.Threshold, 6) };
}
