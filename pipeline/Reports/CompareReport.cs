using System.Globalization;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Reports.Charts;
using OnnxPipeline.Pipeline.Reports.Sections;
using OnnxPipeline.Training.Loop;

namespace OnnxPipeline.Pipeline.Reports;

/// <summary>The page that lays runs side by side: their curves over each other, what sets their options apart, their figures.</summary>
internal static class CompareReport
{
    private const string None = "–";

    public static Page Of(IReadOnlyList<RunSummary> runs)
    {
        var ids = runs.Select(r => r.Record.Id).ToArray();
        return new Page(
            $"{runs.Count} runs compared",
            string.Join(", ", ids),
            [],
            [
                new Section("Options that differ", Options(runs)),
                new Section("Figures", Figures(runs), Seconds(runs)),
                new Section("Training", Curves(runs)),
            ]);
    }

    private static IReadOnlyList<Block> Curves(IReadOnlyList<RunSummary> runs) =>
    [
        .. Curve(runs, "Validation loss", new Axis("loss"), e => e.ValidationLoss),
        .. Curve(runs, "Validation accuracy", new Axis("accuracy") { Format = ".1%" }, e => e.ValidationAccuracy),
        .. Curve(runs, "Training loss", new Axis("loss"), e => e.TrainLoss),
        .. Curve(runs, "Training accuracy", new Axis("accuracy") { Format = ".1%" }, e => e.TrainAccuracy),
        .. Curve(runs, "Learning rate", new Axis("learning rate") { Zero = true, Format = "~g" }, e => e.LearningRate),
    ];

    private static IEnumerable<LineChart> Curve(IReadOnlyList<RunSummary> runs, string title, Axis y, Func<EpochMetrics, double?> figure)
    {
        var series = runs.SelectMany(run => CurvesSection.Lines(run.Epochs, (run.Record.Id, figure))).ToArray();
        if (series.Length > 0) yield return new LineChart { Title = title, X = Axis.Epoch, Y = y, Series = series };
    }

    private static Block Options(IReadOnlyList<RunSummary> runs)
    {
        var first = runs[0].Record.Options;
        var differences = runs.Select(run => OptionDifference.Between(first, run.Record.Options).ToDictionary(d => d.Path)).ToArray();
        string[] paths = [.. differences.SelectMany(d => d.Keys).Distinct().Order(StringComparer.Ordinal)];
        if (paths.Length == 0) return new Paragraph("The options are the same.");
        // Where a run has no difference, its value is the first run's, which those that differ tell.
        return new Table(Header("option", runs),
        [
            .. paths.Select(path => (IReadOnlyList<string>)
            [
                path, .. differences.Select(d => d.TryGetValue(path, out var own) ? own.New ?? None : differences.Select(o => o.GetValueOrDefault(path)).First(o => o is not null)!.Old ?? None),
            ]),
        ]);
    }

    private static Table Figures(IReadOnlyList<RunSummary> runs) => new(Header("figure", runs),
    [
        .. runs.SelectMany(r => r.Record.Metrics.Keys).Distinct().Order(StringComparer.Ordinal).Select(name => (IReadOnlyList<string>)
        [
            name, .. runs.Select(r => r.Record.Metrics.TryGetValue(name, out var value) ? Show.Number(value) : None),
        ]),
    ])
    {
        Title = "Metrics",
    };

    private static Table Seconds(IReadOnlyList<RunSummary> runs) => new(Header("stage", runs),
    [
        .. runs.SelectMany(r => r.Record.Stages).Select(s => s.Name).Distinct().Select(name => (IReadOnlyList<string>)
        [
            name, .. runs.Select(r => r.Record.Stages.FirstOrDefault(s => s.Name == name) is { } stage ? stage.Cached ? "cached" : stage.Seconds.ToString("0.0", CultureInfo.InvariantCulture) : None),
        ]),
    ])
    {
        Title = "Seconds",
    };

    private static IReadOnlyList<string> Header(string what, IReadOnlyList<RunSummary> runs) => [what, .. runs.Select(r => r.Record.Id)];
}
