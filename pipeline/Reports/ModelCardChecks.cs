using System.Text;
using OnnxPipeline.Pipeline.Reports.Sections;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Reports;

/// <summary>The model card's part on how the exported model was verified, and how large and quick it is.</summary>
internal static class ModelCardChecks
{
    public static void Write(StringBuilder text, ReportedRun run)
    {
        Verification(text, run);
        Speed(text, run);
        Variants(text, run);
    }

    private static void Verification(StringBuilder text, ReportedRun run)
    {
        var report = run.Verification;
        var unit = run.Deployed.Prediction is null ? "of a probability" : "in standard deviations of the target";
        ModelCard.Heading(text, 2, "Verification");
        ModelCard.Item(text, $"Compared with {report.Reference}, on {Show.Count(report.Samples)} held-out samples: largest difference {Show.Number(report.MaxAbsDiff)} {unit}, mean {Show.Number(report.MeanAbsDiff)}{(report.DeployAccuracy is { } accuracy ? $"; the same class on {Show.Percent(report.Agreement)}, accuracy {Show.Percent(report.ReferenceAccuracy)} before and {Show.Percent(accuracy)} after" : "")}.");
        foreach (var batch in report.OtherBatchSizes) ModelCard.Item(text, $"At batch size {batch.BatchSize}, on {Show.Count(batch.Samples)} samples: largest difference {Show.Number(batch.MaxAbsDiff)}.");
        if (report.TrainingEngine is { } engine) ModelCard.Item(text, $"The training engine's own evaluation ({engine.Engine}) against the {engine.Compared} model: largest difference {Show.Number(engine.MaxAbsDiff)}, {Show.Percent(engine.Agreement)} alike.");
        if (report.Hostile.Count > 0) ModelCard.Item(text, $"Inputs that no dataset has ({string.Join("; ", report.Hostile.Select(h => h.Input))}): it neither fails nor gives what is no number where the trained model answers with numbers.");
        if (report.SecondRuntime is { } second)
            ModelCard.Item(text, second.Skipped is { } reason ? $"Not run in a second runtime: {reason}." : $"In {second.Runtime}: the same answer on {Show.Percent(second.Agreement)} of {Show.Count(second.Samples)} samples, largest difference {Show.Number(second.MaxAbsDiff)}.");
    }

    private static void Speed(StringBuilder text, ReportedRun run)
    {
        ModelCard.Heading(text, 2, "Size and latency");
        ModelCard.Item(text, $"{ByteSize.Text(run.Manifests[ExportStage.StageName].Files.First(f => f.Path == ExportStage.ModelFile).Size)} on disk.");
        if (run.ExportTimes is not { Latencies.Count: > 0 } times) return;
        ModelCard.Item(text, $"Measured when it was exported, with {times.Runtime}, on {times.Machine}; whatever else ran there at that time is in the figures.");
        ModelCard.Line(text, "");
        ModelCard.Row(text, "batch", "median, ms", "90th percentile, ms", "samples a second", "runs");
        text.Append("|---:|---:|---:|---:|---:|\n");
        foreach (var t in times.Latencies) ModelCard.Row(text, Show.Count(t.Batch), Show.Number(t.MedianMilliseconds), Show.Number(t.P90Milliseconds), Show.Count((long)(1000 * t.Batch / t.MedianMilliseconds)), Show.Count(t.Runs));
    }

    private static void Variants(StringBuilder text, ReportedRun run)
    {
        if (run.Variants is not { } variants || run.VariantTimes is not { } times) return;
        var (header, rows) = VariantsSection.Cells(variants, times);
        ModelCard.Heading(text, 2, "Variants");
        ModelCard.Line(text, "Forms of the model, each verified against the trained model it was made from and timed in turns with the others. In brackets: the points or the ratio to the first.");
        ModelCard.Line(text, "");
        ModelCard.Row(text, header);
        text.Append("|---|---|").Insert(text.Length, "---:|", header.Count - 2).Append('\n');
        foreach (var row in rows) ModelCard.Row(text, row);
    }
}
