using System.Text.Json;
using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Export.SecondRuntime;
using OnnxPipeline.Export.Thresholds;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>"export": the deployable model, proved to give the trained model's answers on held-out samples.</summary>
/// <param name="export">How the model is made deployable.</param>
/// <param name="train">How it was trained: the engine is a second reference.</param>
/// <param name="recipeHash">SHA-256 of what decides the model, for its metadata.</param>
/// <param name="source">The stage that trained the model last: it has it as <see cref="TrainStage.ModelFile"/>.</param>
internal sealed class ExportStage(ExportOptions export, TrainOptions train, string recipeHash, string source) : IStage
{
    public const string StageName = "export";
    public const string ModelFile = "model.onnx";
    public const string VerifyFile = "verify.json";

    private static readonly int[] MeasuredBatches = [1, 32];

    /// <summary>WebAssembly on one thread takes its time.</summary>
    private const int SecondRuntimeSamples = 256;

    public string Name => StageName;

    public string CodeVersion => "2";

    public IReadOnlyList<string> Inputs => [DataStage.StageName, source];

    public object Options { get; } = new ExportStageOptions(export, recipeHash, ToolVersion.Current, SecondRuntimeOf(export));

    public string Engine => EngineFactory.Version(train.Engine);

    public string DeviceKind => Device.CpuKind;

    public IReadOnlyList<ShownFile> Shown => [new(ModelFile, ModelFile), new(VerifyFile, VerifyFile)];

    public void Run(StageContext context)
    {
        using var dataset = Dataset.Open(context.Input(DataStage.StageName));
        var trained = Model.Load(Path.Combine(context.Input(source), TrainStage.ModelFile));
        var settings = new ExportSettings
        {
            Labels = dataset.Labels,
            Columns = dataset.Columns,
            TableFormat = dataset.TableFormat,
            Target = dataset.Target?.Name,
            Dataset = dataset.Name,
            DatasetHash = context.InputHash(DataStage.StageName),
            RecipeHash = recipeHash,
            ToolVersion = ToolVersion.Current,
            Input = export.Input,
            Label = export.Label,
            TopK = export.TopK,
            TestTimeAugmentation = export.TestTimeAugmentation,
        };
        var exported = Exporter.Export(trained, settings);
        var reports = exported.Reports.Where(r => r.Rewrote.Count + r.Declined.Count > 0);
        context.Progress.Note($"rewritten: {string.Join(", ", reports.Select(r => $"{r.Pass} {r.Rewrote.Count}{(r.Declined.Count > 0 ? $" (declined {r.Declined.Count})" : "")}"))}");
        // A threshold is chosen by the exported model's probabilities, and decides its label.
        if (export.Threshold is { } rule) exported = Exporter.Export(trained, settings with { Threshold = Choose(rule, exported.Model, dataset, context) });

        var verification = Verify(trained, exported.Model, dataset);
        verification.EnsurePassed();
        context.Progress.Note($"verified on {verification.Samples} samples: largest difference {verification.MaxAbsDiff:0.0e+0}{(dataset.Target is null ? $", the same class on {verification.Agreement:P2}" : " standard deviations of the target")}; the training engine agrees to {verification.TrainingEngine?.MaxAbsDiff:0.0e+0}");

        var measured = exported.Metadata with { Metrics = Metrics(verification) };
        foreach (var (key, value) in measured.ToEntries()) exported.Model.Metadata[key] = value;
        exported.Model.Save(Path.Combine(context.Output, ModelFile));
        File.WriteAllText(Path.Combine(context.Output, VerifyFile), verification.ToJson());
        var times = ExportTimes.Of(DeployTimer.Measure(exported.Model, HeldOutSamples.Of(dataset, HeldOut(dataset), MeasuredBatches.Max()), MeasuredBatches));
        File.WriteAllText(Path.Combine(context.Output, ArtifactManifest.MeasuredFileName), JsonSerializer.Serialize(times, StageJson.Default.ExportTimes));
    }

    private static double Choose(ThresholdOptions rule, Model exported, Dataset dataset, StageContext context)
    {
        if (dataset.Labels.Count != 2) throw new ExportException($"export.threshold is for two classes, and {dataset.Name} has {(dataset.Target is null ? $"{dataset.Labels.Count}" : "a value to predict")}. Leave it out.");
        var chosen = ThresholdChooser.Choose(exported, HeldOutSamples.Of(dataset, dataset.Validation), rule);
        context.Progress.Note($"'{dataset.Labels[1]}' from a probability of {chosen.Threshold:0.####}: on the validation part {chosen.TruePositiveRate:P1} of them found, {chosen.FalsePositiveRate:P1} of the others taken for them");
        return chosen.Threshold;
    }

    private VerifyReport Verify(Model trained, Model exported, Dataset dataset)
    {
        var split = HeldOut(dataset);
        using var engine = new EngineReference(trained, train, dataset, split);
        var samples = HeldOutSamples.Of(dataset, split, export.Samples);
        var options = new VerifyOptions
        {
            Tolerance = export.MaxAbsDiff,
            Scale = dataset.Target is { Std: > 0 and var std } ? std : 1,
            Engine = engine.Reference,
        };
        var report = Verifier.Verify(trained, exported, samples, options);
        if (export.SecondRuntime == SecondRuntimeUse.False || !report.Passed) return report;
        var second = WebRuntime.Compare(exported, samples, SecondRuntimeSamples, options);
        if (export.SecondRuntime == SecondRuntimeUse.True && second.Skipped is { } reason) throw new ExportException($"export.secondRuntime is true, and the model cannot be run in it: {reason}.");
        return report.With(second);
    }

    /// <summary>What there is to verify in besides ONNX Runtime decides what the report says.</summary>
    private static string SecondRuntimeOf(ExportOptions export) => export.SecondRuntime == SecondRuntimeUse.False ? "" : WebRuntime.Unavailable ?? WebRuntime.Package!;

    private static Dictionary<string, double> Metrics(VerifyReport report)
    {
        var metrics = new Dictionary<string, double> { ["test.samples"] = report.Samples };
        if (report.DeployAccuracy is { } accuracy) metrics["test.accuracy"] = accuracy;
        if (report.DeployRmse is { } error) metrics["test.rmse"] = error;
        return metrics;
    }

    /// <summary>Samples that training never saw: the test part, or the validation part where there is no other.</summary>
    private static DatasetSplit HeldOut(Dataset dataset)
    {
        var split = dataset.Test.Count > 0 ? dataset.Test : dataset.Validation;
        return split.Count > 0 ? split
            : throw new ExportException($"{dataset.Name} has neither test nor validation samples to verify the exported model on. Set data.validation above 0.");
    }

    private sealed record ExportStageOptions(ExportOptions Export, string RecipeHash, string ToolVersion, string SecondRuntime);
}
