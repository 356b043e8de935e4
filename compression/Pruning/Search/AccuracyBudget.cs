using System.Globalization;

namespace OnnxPipeline.Compression.Pruning.Search;

/// <summary>How much worse a pruned model may be than the one it was made of.</summary>
/// <param name="Before">The score of that model: the share of right answers, or the negative root of the mean squared error.</param>
/// <param name="Classifies">Which of the two.</param>
/// <param name="MaxDrop">Points of accuracy, or percent of the error; null for no limit.</param>
internal sealed record AccuracyBudget(double Before, bool Classifies, double? MaxDrop)
{
    /// <summary>Two computations of one accuracy differ by rounding.</summary>
    private const double Rounding = 1e-9;

    /// <summary>What a score costs, in points of accuracy or percent of the error; negative for a better one.</summary>
    public double DropOf(double score) => Classifies ? 100 * (Before - score) : Before == 0 ? (score == 0 ? 0 : double.PositiveInfinity) : 100 * (score / Before - 1);

    public bool Allows(double score) => MaxDrop is not { } limit || DropOf(score) <= limit + Rounding;

    /// <summary>For example "1.25 points, more than the 0.5 of maxDrop".</summary>
    public string Explain(double score) => string.Create(CultureInfo.InvariantCulture, $"{DropOf(score):0.##} {(Classifies ? "points" : "percent")}, more than the {MaxDrop:0.##} of maxDrop");
}
