using System.Text.Json;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Reports;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>
/// "report": a page and a model card to look at, and the model's provenance. It also tells what its inputs' records measured, times above all; nothing is
/// made from it, so that does no harm to what is cached.
/// </summary>
/// <param name="recipe">The recipe that the run is of.</param>
/// <param name="reported">The stages that it tells of: all before it.</param>
internal sealed class ReportStage(Recipe recipe, IReadOnlyList<string> reported) : IStage
{
    public const string StageName = "report";

    public string Name => StageName;

    public string CodeVersion => "2";

    public IReadOnlyList<string> Inputs => reported;

    public object Options { get; } = new ReportStageOptions(DecidingOptions.Of(recipe), ToolVersion.Current, VegaLibrary.Embedded?.Version ?? "none");

    public string Engine => $"ort {Providers.Version}";

    public string DeviceKind => Device.CpuKind;

    public IReadOnlyList<ShownFile> Shown => [new(RunReport.FileName, RunReport.FileName), new(ModelCard.FileName, ModelCard.FileName), new(ModelProvenance.FileName, ModelProvenance.FileName)];

    public void Run(StageContext context)
    {
        using var document = JsonDocument.Parse(CanonicalJson.Of(recipe));
        using var run = new ReportedRun(recipe.Name, document.RootElement, Inputs.ToDictionary(name => name, context.Input));
        File.WriteAllText(Path.Combine(context.Output, RunReport.FileName), PageWriter.Write(RunReport.Of(run), VegaLibrary.Embedded));
        File.WriteAllText(Path.Combine(context.Output, ModelCard.FileName), ModelCard.Of(run));
        File.WriteAllText(Path.Combine(context.Output, ModelProvenance.FileName), ModelProvenance.Of(run).ToJson());
        if (VegaLibrary.Embedded is null) context.Progress.Note(VegaLibrary.Missing);
    }

    private sealed record ReportStageOptions(Recipe Recipe, string ToolVersion, string Charts);
}
