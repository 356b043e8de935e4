using System.Text.Json;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Reports;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>"report" of a recipe that minimises a function.</summary>
internal sealed class FunctionReportStage(Recipe recipe) : IStage
{
    public string Name => ReportStage.StageName;

    public string CodeVersion => "1";

    public IReadOnlyList<string> Inputs => [FunctionStage.StageName, MinimizeStage.StageName];

    public object Options { get; } = new FunctionReportStageOptions(recipe, ToolVersion.Current, VegaLibrary.Embedded?.Version ?? "none");

    public string Engine => $"ort {Providers.Version}";

    public string DeviceKind => Device.CpuKind;

    public IReadOnlyList<ShownFile> Shown => [new(RunReport.FileName, RunReport.FileName)];

    public void Run(StageContext context)
    {
        using var document = JsonDocument.Parse(CanonicalJson.Of(recipe));
        var run = new ReportedFunction(recipe.Name, document.RootElement, Inputs.ToDictionary(name => name, context.Input));
        File.WriteAllText(Path.Combine(context.Output, RunReport.FileName), PageWriter.Write(FunctionReport.Of(run), VegaLibrary.Embedded));
        if (VegaLibrary.Embedded is null) context.Progress.Note(VegaLibrary.Missing);
    }

    private sealed record FunctionReportStageOptions(Recipe Recipe, string ToolVersion, string Charts);
}
