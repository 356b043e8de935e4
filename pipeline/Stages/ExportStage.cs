using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Export.Thresholds;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>"export": the deployable model, proved to give the trained model's answers on held-out samples.</summary>
/// <param name="export">How the model is made deployable.</param>
/// <param name="recipeHash">SHA-256 of what decides the model, for its metadata.</param>
/// <param name="source">The stage that trained the model last: it has it as <see cref="TrainStage.ModelFile"/>.</param>
internal sealed class ExportStage(ExportOptions export, string recipeHash, string source) : IStage
{
    public const string StageName = "export";
    public const string ModelFile = "model.onnx";
    public const string VerifyFile = "verify.json";

    public string Name => StageName;

    public string CodeVersion => "1";

    public IReadOnlyList<string> Inputs => [DataStage.StageName, source];

    public object Options { get; } = new ExportStageOptions(export, recipeHash, ToolVersion.Current);

    public string Engine => $"ort {Providers.Version}";

    public string DeviceKind => Device.CpuKind;

    public IReadOnlyList<ShownFile> Shown => [new(ModelFile, ModelFile), new(VerifyFile, VerifyFile)];

    public void Run(StageContext context)
    {
        using var dataset = Dataset.Open(context.Input(DataStage.StageName));
        var trained = Model.Load(Path.Combine(context.Input(source), TrainStage.ModelFile));
        var exported = Exporter.Export(trained, new ExportSettings
        {
            Labels = dataset.Labels,
            Columns = dataset.Columns,
            TableFormat = dataset.TableFormat,
            Target = dataset.Target?.Name,
            Dataset = dataset.Name,
            DatasetHash = context.InputHash(DataStage.StageName),
            RecipeHash = recipeHash,
            ToolVersion = ToolVersion.Current,
        });
        var reports = exported.Reports.Where(r => r.Rewrote.Count + r.Declined.Count > 0);
        context.Progress.Note($"rewritten: {string.Join(", ", reports.Select(r => $"{r.Pass} {r.Rewrote.Count}{(r.Declined.Count > 0 ? $" (declined {r.Declined.Count})" : "")}"))}");

        var samples = HeldOut(dataset, export.Samples);
        var verification = Verifier.Verify(trained, exported.Model, samples, new VerifyOptions { Tolerance = export.MaxAbsDiff, Scale = dataset.Target is { Std: > 0 and var std } ? std : 1 });
        verification.EnsurePassed();
        context.Progress.Note($"verified on {verification.Samples} samples: largest difference {verification.MaxAbsDiff:0.0e+0}{(dataset.Target is null ? $", the same class on {verification.Agreement:P2}" : " standard deviations of the target")}");

        var measured = exported.Metadata with { Metrics = Metrics(verification) };
        if (export.Threshold is { } rule)
        {
            if (dataset.Labels.Count != 2) throw new ExportException($"export.threshold is for two classes, and {dataset.Name} has {(dataset.Target is null ? $"{dataset.Labels.Count}" : "a value to predict")}. Leave it out.");
            var chosen = ThresholdChooser.Choose(exported.Model, HeldOutSamples.Of(dataset, dataset.Validation), rule);
            context.Progress.Note($"'{dataset.Labels[1]}' from a probability of {chosen.Threshold:0.####}: on the validation part {chosen.TruePositiveRate:P1} of them found, {chosen.FalsePositiveRate:P1} of the others taken for them");
            measured = measured with { Threshold = chosen.Threshold };
        }
        foreach (var (key, value) in measured.ToEntries()) exported.Model.Metadata[key] = value;
        exported.Model.Save(Path.Combine(context.Output, ModelFile));
        File.WriteAllText(Path.Combine(context.Output, VerifyFile), verification.ToJson());
    }

    private static Dictionary<string, double> Metrics(VerifyReport report)
    {
        var metrics = new Dictionary<string, double> { ["test.samples"] = report.Samples };
        if (report.DeployAccuracy is { } accuracy) metrics["test.accuracy"] = accuracy;
        if (report.DeployRmse is { } error) metrics["test.rmse"] = error;
        return metrics;
    }

    /// <summary>Samples that training never saw: of the test part, or of the validation part where there is no other.</summary>
    private static HeldOutSamples HeldOut(Dataset dataset, int limit)
    {
        var split = dataset.Test.Count > 0 ? dataset.Test : dataset.Validation;
        return split.Count > 0 ? HeldOutSamples.Of(dataset, split, limit)
            : throw new ExportException($"{dataset.Name} has neither test nor validation samples to verify the exported model on. Set data.validation above 0.");
    }

    private sealed record ExportStageOptions(ExportOptions Export, string RecipeHash, string ToolVersion);
}
