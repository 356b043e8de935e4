using System.Globalization;
using OnnxPipeline.Compression;
using OnnxPipeline.Pipeline.Reports.Charts;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>What was left out of the model, layer by layer, and what it cost.</summary>
internal static class PruningSection
{
    public static Section Of(PruneReport? report)
    {
        if (report is null) return new Section("Pruning");
        var blocks = new List<Block> { Sizes(report), Rounds(report) };
        if (report.Stopped is { } stopped) blocks.Insert(0, new Paragraph($"It ended early: {stopped}."));
        if (report.Rounds.Count > 1) blocks.Add(ByShareLeft(report));
        if (report.Sensitivity.Count > 0) blocks.Add(Sensitivity(report));
        blocks.Add(Layers(report));
        if (report.Declined.Count > 0) blocks.Add(new Table(["layer", "why"], [.. report.Declined.Select(n => (IReadOnlyList<string>)[n.Subject, n.Text])]) { Title = "Left as it is", NumbersFrom = 2, Folded = true });
        return new Section("Pruning", blocks);
    }

    private static Table Sizes(PruneReport report)
    {
        IReadOnlyList<string> Row(string name, ModelFigures figures) =>
            [name, Score(report, figures.Score), Show.Count(figures.Parameters), Show.Count(figures.NonZero), Show.Count(figures.MultiplyAdds), ByteSize.Text(figures.FileBytes)];
        return new Table(["model", $"validation {ScoreName(report)}", "parameters", "of them not 0", "multiply-adds a sample", "file"], [Row("before", report.Before), Row("after", report.After)]);
    }

    private static Table Rounds(PruneReport report)
    {
        var control = report.Rounds.Any(r => r.ControlScore is not null);
        string[] header = ["round", $"{report.Unit} left", $"{ScoreName(report)} as pruned", "after training", .. control ? ["on random weights"] : Array.Empty<string>(), "kept"];
        return new Table(header, [.. report.Rounds.Select(r => (IReadOnlyList<string>)
        [
            r.Round.ToString(CultureInfo.InvariantCulture), Show.Percent(r.Left), Score(report, r.PrunedScore), Score(report, r.Score), .. control ? [Score(report, r.ControlScore)] : Array.Empty<string>(), r.Round == report.KeptRound ? "yes" : "",
        ])]) { Title = "Rounds" };
    }

    /// <summary>As in the lottery ticket paper: what is left from left to right, each line a way to have come there.</summary>
    private static LineChart ByShareLeft(PruneReport report)
    {
        Series Line(string name, Func<PruneRound, double?> score, params (double, double?)[] first) => new(name, [.. first, .. report.Rounds.Select(r => (r.Left, Shown(report, score(r))))]);
        (double, double?) dense = (1, Shown(report, report.Before.Score));
        Series[] lines = [Line("after training", r => r.Score, dense), Line("as pruned", r => r.PrunedScore, dense), Line("on random weights", r => r.ControlScore)];
        return new LineChart
        {
            Title = $"Validation {ScoreName(report)} by share of {report.Unit} left",
            X = new($"{report.Unit} left") { Format = ".0%" },
            Y = ScoreAxis(report),
            Series = [.. lines.Where(l => l.Points.Any(p => p.Y is not null && p.X < 1))],
        };
    }

    private static LineChart Sensitivity(PruneReport report) => new()
    {
        Title = "Each layer pruned alone",
        Caption = "Without any training. The sooner a line falls, the less its layer can spare.",
        X = new($"share of the layer's {report.Unit} left out") { Format = ".0%" },
        Y = ScoreAxis(report),
        Series = [.. report.Sensitivity.Select(layer => new Series(layer.Layer, [.. layer.Points.Select(p => (p.Amount, Shown(report, p.Score)))]))],
        Ordered = true,
        Height = 320,
        Wide = true,
    };

    private static Table Layers(PruneReport report) => new(
        ["layer", $"{report.Unit} before", "after", "gone"],
        [.. report.Layers.Select(l => (IReadOnlyList<string>)[l.Layer, Show.Count(l.Before), Show.Count(l.After), Show.Percent(l.Before == 0 ? 0 : 1 - (double)l.After / l.Before)])]) { Title = "Layers" };

    private static Axis ScoreAxis(PruneReport report) => report.Classifies ? new("accuracy") { Format = ".0%" } : new("root mean squared error");

    private static string ScoreName(PruneReport report) => report.Classifies ? "accuracy" : "root mean squared error";

    private static string Score(PruneReport report, double? score) => report.Classifies ? Show.Percent(score) : Show.Number(-score);

    /// <summary>Scores of a regression are negative, so that more is better.</summary>
    private static double? Shown(PruneReport report, double? score) => report.Classifies ? score : -score;
}
