using System.Globalization;
using OnnxPipeline.Compression;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Reports.Charts;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>The quantised variants beside the exported model: answers, size and time, and what each node's quantisation costs.</summary>
internal static class QuantizationSection
{
    public static Section Of(ReportedRun run) => run.Has(QuantizeStage.StageName)
        ? Of(run.Read(QuantizeStage.StageName, QuantizeStage.ReportFile, StageJson.Default.QuantizeStageReport)!, run.Read(QuantizeStage.StageName, ArtifactManifest.MeasuredFileName, StageJson.Default.QuantizeTimes))
        : new Section("Quantisation");

    public static Section Of(QuantizeStageReport report, QuantizeTimes? times) => new("Quantisation",
    [
        Variants(report, times),
        .. report.Variants.SelectMany(v => Remarks(v, times?.Variants.FirstOrDefault(t => t.File == v.File)?.Latency)),
        .. report.Variants.Where(v => v.Report.Budget is { Impacts.Count: > 0 }).Select(Impacts),
    ]);

    private static Table Variants(QuantizeStageReport report, QuantizeTimes? times)
    {
        int[] batches = [.. (times?.Variants ?? []).SelectMany(v => v.Latency.Batches).Select(b => b.BatchSize).Distinct()];
        var classes = report.Variants.Any(v => v.HeldOut?.Agreement is not null);
        return new Table(
            ["model", "method", classes ? "accuracy" : "error", "agreement", "largest difference", "mean difference", "size", .. batches.SelectMany(b => new[] { $"ms, batch {b}", "ratio" })],
            [Exported(), .. report.Variants.Select(Row)])
        {
            Title = "Variants",
            NumbersFrom = 2,
        };

        IReadOnlyList<string> Exported() =>
        [
            ExportStage.ModelFile, "float32", Score(report.Variants[0].HeldOut?.OriginalScore), "", "", "", ByteSize.Text(report.Bytes),
            .. batches.SelectMany(b => new[] { Milliseconds(times!.Variants[0].Latency.Batches.FirstOrDefault(t => t.BatchSize == b)?.FloatMs), "" }),
        ];

        IReadOnlyList<string> Row(VariantReport variant)
        {
            var latency = times?.Variants.FirstOrDefault(t => t.File == variant.File)?.Latency;
            return
            [
                variant.File, variant.Report.Method, Score(variant.HeldOut?.Score), Show.Percent(variant.HeldOut?.Agreement), Show.Number(variant.HeldOut?.MaxAbsDiff), Show.Number(variant.HeldOut?.MeanAbsDiff),
                ByteSize.Text(variant.Bytes),
                .. batches.Select(b => latency?.Batches.FirstOrDefault(t => t.BatchSize == b)).SelectMany(t => new[] { Milliseconds(t?.QuantizedMs), t is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{t.Ratio:0.00}") }),
            ];
        }

        string Score(double? score) => classes ? Show.Percent(score) : Show.Number(score);
    }

    private static string Milliseconds(double? value) => value is { } v ? string.Create(CultureInfo.InvariantCulture, $"{v:0.000}") : "";

    private static IEnumerable<Block> Remarks(VariantReport variant, LatencyReport? latency)
    {
        List<string> remarks = [];
        if (!variant.WithinTolerance) remarks.Add(string.Create(CultureInfo.InvariantCulture, $"the answers differ by more than the tolerance of {variant.Tolerance} on average"));
        if (variant.Report.Budget is { } budget) remarks.Add(QuantizeText.Budget(budget));
        if (latency?.WhySlower is { } why) remarks.Add($"slower than float32 on this processor ({latency.Instructions}): {why}");
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
