using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>Where everything came from, and what it was made with.</summary>
internal static class LineageSection
{
    private const int Shown = 12;

    private static readonly string[] Order = [DataStage.StageName, ModelStage.StageName, TrainStage.StageName, .. ReportedRun.BetweenStages, ExportStage.StageName, QuantizeStage.StageName, VariantsStage.StageName, EvaluateStage.StageName];

    public static Section Of(ReportedRun run) => new("Lineage and environment", Stages(run), Environment(run));

    private static Table Stages(ReportedRun run) => new(["stage", "content (SHA-256)", "made from", "engine", "size", "seconds"],
    [
        .. Order.Where(run.Manifests.ContainsKey).Select(stage => (stage, Manifest: run.Manifests[stage])).Select(s => (IReadOnlyList<string>)
        [
            s.stage,
            s.Manifest.Hash[..Shown],
            string.Join(", ", s.Manifest.Identity.Inputs.OrderBy(i => i.Key, StringComparer.Ordinal).Select(i => $"{i.Key} {i.Value[..Shown]}")),
            string.Join(" on ", new[] { s.Manifest.Identity.Engine, s.Manifest.Identity.DeviceKind }.OfType<string>()),
            ByteSize.Text(s.Manifest.Bytes),
            Show.Number(s.Manifest.Seconds),
        ]),
    ])
    {
        Title = "Stages",
        NumbersFrom = 4,
    };

    private static Table Environment(ReportedRun run) => new(["what", "value"],
    [
        ["dataset", $"{run.Dataset.Name}: {Show.Count(run.Dataset.Train.Count)} training, {Show.Count(run.Dataset.Validation.Count)} validation, {Show.Count(run.Dataset.Test.Count)} test samples"],
        ["source of the data", run.Dataset.Source],
        ["this tool", ToolVersion.Current],
        .. run.Times is { } times ? (IReadOnlyList<string>[])[["trained on", times.Machine]] : [],
    ])
    {
        Title = "Environment",
        NumbersFrom = 2,
    };
}
