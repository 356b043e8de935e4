using System.Globalization;
using OnnxPipeline.Compression;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"prune" for people.</summary>
internal static class PruningText
{
    /// <summary>What is written however good the answers still are.</summary>
    private const string Advice = "Nothing was trained after it, so accuracy falls more than it must. A recipe fine-tunes the model that it prunes: prune: { method: { name: channels, amount: 0.5 }, fineTune: { epochs: 3 } }.";

    public static void Write(Pruning result, TextWriter output)
    {
        var report = result.Report;
        var layers = new TextTable("LAYER", report.Unit.ToUpperInvariant(), "LEFT") { NumbersFrom = 1 };
        foreach (var layer in report.Layers) layers.Add(layer.Layer, Count(layer.Before), Count(layer.After));
        output.Write(layers);
        foreach (var note in report.Declined) output.WriteLine($"left as it is: {note}");
        output.WriteLine();
        var size = new TextTable("", "BEFORE", "AFTER", "SHARE") { NumbersFrom = 1 };
        foreach (var (name, full, left) in Figures(report)) size.Add(name, Count(full), Count(left), Share(full, left));
        output.Write(size);
        if (report.Sensitivity.Count > 0) WriteSensitivity(report, output);
        output.WriteLine();
        ModelChangeText.Write(result.Difference, output);
        var chosen = report is { ScoreBefore: { } before, ScoreAfter: { } after } ? $", by the validation samples {Score(before, report.Classifies == true)} -> {Score(after, report.Classifies == true)}" : "";
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"amount {report.Amount:0.###}{chosen}"));
        output.WriteLine(Advice);
        output.WriteLine(ModelChangeText.Size(result.Output, result.Before, result.After));
    }

    private static (string Name, long Before, long After)[] Figures(OneShotPruneReport report) =>
    [
        ("parameters", report.Before.Parameters, report.After.Parameters),
        ("not 0", report.Before.NonZero, report.After.NonZero),
        ("multiply-adds", report.Before.MultiplyAdds, report.After.MultiplyAdds),
    ];

    private static void WriteSensitivity(OneShotPruneReport report, TextWriter output)
    {
        output.WriteLine();
        var scan = new TextTable(["PRUNED ALONE", .. report.Sensitivity[0].Points.Select(p => p.Amount.ToString("P0", CultureInfo.InvariantCulture))]) { NumbersFrom = 1 };
        foreach (var layer in report.Sensitivity) scan.Add([layer.Layer, .. layer.Points.Select(p => Score(p.Score, report.Classifies == true))]);
        output.Write(scan);
    }

    private static string Score(double score, bool classifies) => classifies ? score.ToString("P2", CultureInfo.InvariantCulture) : (-score).ToString("G4", CultureInfo.InvariantCulture);

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Share(long before, long after) => before == 0 ? "-" : ((double)after / before).ToString("P1", CultureInfo.InvariantCulture);
}
