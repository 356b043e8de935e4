using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>"export": the deployable model, proved to give the trained model's answers on held-out samples.</summary>
internal sealed class ExportStage(ExportOptions export, string recipeHash) : IStage
{
    public const string StageName = "export";
    public const string ModelFile = "model.onnx";
    public const string VerifyFile = "verify.json";

    public string Name => StageName;

    public string CodeVersion => "1";

    public IReadOnlyList<string> Inputs => [DataStage.StageName, TrainStage.StageName];

    public object Options { get; } = new ExportStageOptions(export, recipeHash, ToolVersion.Current);

    public string Engine => $"ort {Providers.Version}";

    public string DeviceKind => Device.CpuKind;

    public IReadOnlyList<ShownFile> Shown => [new(ModelFile, ModelFile), new(VerifyFile, VerifyFile)];

    public void Run(StageContext context)
    {
        using var dataset = Dataset.Open(context.Input(DataStage.StageName));
        var trained = Model.Load(Path.Combine(context.Input(TrainStage.StageName), TrainStage.ModelFile));
        var exported = Exporter.Export(trained, new ExportSettings
        {
            Labels = dataset.Labels,
            Dataset = dataset.Name,
            DatasetHash = context.InputHash(DataStage.StageName),
            RecipeHash = recipeHash,
            ToolVersion = ToolVersion.Current,
        });
        var reports = exported.Reports.Where(r => r.Rewrote.Count + r.Declined.Count > 0);
        context.Progress.Note($"rewritten: {string.Join(", ", reports.Select(r => $"{r.Pass} {r.Rewrote.Count}{(r.Declined.Count > 0 ? $" (declined {r.Declined.Count})" : "")}"))}");

        var samples = HeldOut(dataset, export.Samples);
        var verification = Verifier.Verify(trained, exported.Model, samples, new VerifyOptions { Tolerance = export.MaxAbsDiff });
        verification.EnsurePassed();
        context.Progress.Note($"verified on {verification.Samples} samples: largest difference {verification.MaxAbsDiff:0.0e+0}, the same class on {verification.Agreement:P2}");

        var measured = exported.Metadata with { Metrics = new Dictionary<string, double> { ["test.accuracy"] = verification.DeployAccuracy, ["test.samples"] = verification.Samples } };
        foreach (var (key, value) in measured.ToEntries()) exported.Model.Metadata[key] = value;
        exported.Model.Save(Path.Combine(context.Output, ModelFile));
        File.WriteAllText(Path.Combine(context.Output, VerifyFile), verification.ToJson());
    }

    /// <summary>Samples that training never saw: of the test part, or of the validation part where there is no other.</summary>
    private static HeldOutSamples HeldOut(Dataset dataset, int limit)
    {
        var split = dataset.Test.Count > 0 ? dataset.Test : dataset.Validation;
        if (split.Count == 0)
            throw new ExportException($"{dataset.Name} has neither test nor validation samples to verify the exported model on. Set data.validation above 0.");
        var all = HeldOutSamples.Of(split);
        return all with { Labels = all.Labels[..Math.Min(limit, all.Count)] };
    }

    private sealed record ExportStageOptions(ExportOptions Export, string RecipeHash, string ToolVersion);
}
