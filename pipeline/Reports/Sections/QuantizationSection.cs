using System.Globalization;
using OnnxPipeline.Pipeline.Reports.Charts;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>The quantised variants beside the exported model: their answers, and what each node's quantisation costs.</summary>
internal static class QuantizationSection
{
    public static Section Of(ReportedRun run) => run.Has(QuantizeStage.StageName)
        ? Of(run.Read(QuantizeStage.StageName, QuantizeStage.ReportFile, StageJson.Default.QuantizeStageReport)!)
        : new Section("Quantisation");

    public static Section Of(QuantizeStageReport report) => new("Quantisation",
    [
        Answers(report),
        .. report.Variants.SelectMany(Remarks),
        .. report.Variants.Where(v => v.Report.Budget is { Impacts.Count: > 0 }).Select(Impacts),
    ]);

    private static Table Answers(QuantizeStageReport report)
    {
        var classes = report.Variants.Any(v => v.HeldOut?.Agreement is not null);
        string Score(double? score) => classes ? Show.Percent(score) : Show.Number(score);
        return new Table(
            ["model", "method", classes ? "accuracy" : "error", "agreement", "largest difference", "mean difference"],
            [
                [ExportStage.ModelFile, "float32", Score(report.Variants[0].HeldOut?.OriginalScore), "", "", ""],
                .. report.Variants.Select(v => (IReadOnlyList<string>)
                    [v.File, v.Report.Method, Score(v.HeldOut?.Score), Show.Percent(v.HeldOut?.Agreement), Show.Number(v.HeldOut?.MaxAbsDiff), Show.Number(v.HeldOut?.MeanAbsDiff)]),
            ])
        {
            Title = "Answers beside the exported model's",
            NumbersFrom = 2,
        };
    }

    private static IEnumerable<Block> Remarks(VariantReport variant)
    {
        List<string> remarks = [];
        if (!variant.WithinTolerance) remarks.Add(string.Create(CultureInfo.InvariantCulture, $"the answers differ by more than the tolerance of {variant.Tolerance} on average"));
        if (variant.Report.Budget is { } budget) remarks.Add(QuantizeText.Budget(budget));
        if (variant.Report.Left.Count > 0) remarks.Add($"left in float32: {string.Join("; ", variant.Report.Left.Take(8))}{(variant.Report.Left.Count > 8 ? "; …" : "")}");
        remarks.AddRange(variant.Report.Notes);
        return remarks.Count == 0 ? [] : [new Paragraph($"{variant.File}: {string.Join(". ", remarks)}")];
    }

    private static BarChart Impacts(VariantReport variant) => new()
    {
        Title = $"What quantising one node alone does, {variant.File}",
        Caption = "The mean difference of the answers on validation samples. Nodes go back to float32 in this order until the accuracy holds.",
        Category = "node",
        Value = new Axis("mean difference") { Zero = true, Format = "~g" },
        Bars = [.. variant.Report.Budget!.Impacts.Select(i => new Bar(i.Node, i.LeftInFloat ? "left in float32" : "quantised", i.MeanDifference))],
    };
}
