using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Adapters;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.LowRank;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>
/// "adapter": the model as it was before low-rank training, deployable, with inputs for what was trained, so that one model answers with many
/// adapters. It is proved to give the untrained model's answers without the adapter, and the trained model's with it.
/// </summary>
/// <param name="export">How models are made deployable.</param>
/// <param name="lora">What was trained.</param>
/// <param name="recipeHash">SHA-256 of what decides the model, for its metadata.</param>
internal sealed class AdapterStage(ExportOptions export, LoraOptions lora, string recipeHash) : IStage
{
    public const string StageName = "adapter";
    public const string ModelFile = "base.onnx";

    public string Name => StageName;

    public string CodeVersion => "1";

    public IReadOnlyList<string> Inputs => [DataStage.StageName, ModelStage.StageName, TrainStage.StageName];

    public object Options { get; } = new AdapterStageOptions(export, lora, recipeHash, ToolVersion.Current);

    public string Engine => $"ort {Providers.Version}";

    public string DeviceKind => Device.CpuKind;

    public IReadOnlyList<ShownFile> Shown => [new(ModelFile, ModelFile)];

    public void Run(StageContext context)
    {
        using var dataset = Dataset.Open(context.Input(DataStage.StageName));
        // A threshold is chosen by the answers of one model; this one's are as many as its adapters'.
        var exporter = new RecipeExporter(export with { Threshold = null }, recipeHash, dataset, context.InputHash(DataStage.StageName));
        var untrained = Model.Load(Path.Combine(context.Input(ModelStage.StageName), ModelStage.FileName));
        var trained = Model.Load(Path.Combine(context.Input(TrainStage.StageName), TrainStage.ModelFile));
        var adapter = AdapterFile.Read(Path.Combine(context.Input(TrainStage.StageName), TrainStage.AdapterFileName));
        // The seed decides what training began with, of which nothing is used here.
        var adaptation = LowRankAdaptation.Of(untrained, lora, seed: 0);

        var exported = exporter.Export(adaptation.WithSlots(), _ => { }, adaptation.Fingerprint);
        var plain = Verify(untrained, exported.Model, exporter);
        var adapted = Verify(trained, LowRankAdaptation.Fill(exported.Model, adapter), exporter);
        context.Progress.Note($"{ModelFile} takes adapters, verified on {plain.Samples} samples: largest difference {plain.MaxAbsDiff:0.0e+0} without one, {adapted.MaxAbsDiff:0.0e+0} with this run's");
        RecipeExporter.Save(exported, plain, Path.Combine(context.Output, ModelFile));
    }

    private static VerifyReport Verify(Model reference, Model deployed, RecipeExporter exporter)
    {
        var report = Verifier.Verify(reference, deployed, exporter.Samples, exporter.Limits);
        report.EnsurePassed();
        return report;
    }

    private sealed record AdapterStageOptions(ExportOptions Export, LoraOptions Lora, string RecipeHash, string ToolVersion);
}
