using System.Text.Json;
using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Export.SecondRuntime;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Bundles;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>"export": the deployable model, proved to give the trained model's answers on held-out samples.</summary>
/// <param name="export">How the model is made deployable.</param>
/// <param name="train">How it was trained: the engine is a second reference.</param>
/// <param name="recipeHash">SHA-256 of what decides the model, for its metadata.</param>
/// <param name="source">The stage that trained the model last: it has it as <see cref="TrainStage.ModelFile"/>.</param>
/// <param name="timingSeconds">How long the model is timed for each batch size.</param>
internal sealed class ExportStage(ExportOptions export, TrainOptions train, string recipeHash, string source, double timingSeconds) : IStage
{
    public const string StageName = "export";
    public const string ModelFile = "model.onnx";
    public const string VerifyFile = "verify.json";
    public const string BundleFile = "on-device.zip";

    /// <summary>Batch sizes at which models are timed.</summary>
    public static readonly IReadOnlyList<int> MeasuredBatches = [1, 32];

    /// <summary>WebAssembly on one thread takes its time.</summary>
    private const int SecondRuntimeSamples = 256;

    public string Name => StageName;

    public string CodeVersion => "3";

    public IReadOnlyList<string> Inputs => [DataStage.StageName, source];

    public object Options { get; } = new ExportStageOptions(export, recipeHash, ToolVersion.Current, SecondRuntimeOf(export));

    public string Engine => EngineFactory.Version(train);

    public string DeviceKind => Device.CpuKind;

    public IReadOnlyList<ShownFile> Shown => [new(ModelFile, ModelFile), new(VerifyFile, VerifyFile), .. export.OnDevice is null ? Array.Empty<ShownFile>() : [new(BundleFile, BundleFile)]];

    public void Run(StageContext context)
    {
        using var dataset = Dataset.Open(context.Input(DataStage.StageName));
        var exporter = new RecipeExporter(export, recipeHash, dataset, context.InputHash(DataStage.StageName));
        var trained = Model.Load(Path.Combine(context.Input(source), TrainStage.ModelFile));
        var exported = exporter.Export(trained, context.Progress.Note);
        var verification = Verify(trained, exported.Model, dataset, exporter);
        verification.EnsurePassed();
        context.Progress.Note($"verified on {verification.Samples} samples: largest difference {verification.MaxAbsDiff:0.0e+0}{(dataset.Target is null ? $", the same class on {verification.Agreement:P2}" : " standard deviations of the target")}; the training engine agrees to {verification.TrainingEngine?.MaxAbsDiff:0.0e+0}{(verification.TrainingEngine is { } asked && asked.Samples < verification.Samples ? $" on {asked.Samples} of them" : "")}");

        RecipeExporter.Save(exported, verification, Path.Combine(context.Output, ModelFile));
        if (export.OnDevice is { } bundle) BundleBuilder.Build(exported.Model, bundle).Save(Path.Combine(context.Output, BundleFile));
        File.WriteAllText(Path.Combine(context.Output, VerifyFile), verification.ToJson());
        var times = LatencyMeter.Measure([exported.Model], exporter.Samples, MeasuredBatches, seconds: timingSeconds, cancellation: context.Cancellation);
        File.WriteAllText(Path.Combine(context.Output, ArtifactManifest.MeasuredFileName), JsonSerializer.Serialize(ExportTimes.Of(times[0]), StageJson.Default.ExportTimes));
    }

    private VerifyReport Verify(Model trained, Model exported, Dataset dataset, RecipeExporter exporter)
    {
        using var engine = new EngineReference(trained, train, dataset, exporter.HeldOut);
        var samples = exporter.Samples;
        var options = exporter.Limits with { Engine = engine.Reference };
        var report = Verifier.Verify(trained, exported, samples, options);
        if (export.SecondRuntime == SecondRuntimeUse.False || !report.Passed) return report;
        var second = WebRuntime.Compare(exported, samples, SecondRuntimeSamples, options);
        if (export.SecondRuntime == SecondRuntimeUse.True && second.Skipped is { } reason) throw new ExportException($"export.secondRuntime is true, and the model cannot be run in it: {reason}.");
        return report.With(second);
    }

    /// <summary>What there is to verify in besides ONNX Runtime decides what the report says.</summary>
    private static string SecondRuntimeOf(ExportOptions export) => export.SecondRuntime == SecondRuntimeUse.False ? "" : WebRuntime.Unavailable ?? WebRuntime.Package!;

    private sealed record ExportStageOptions(ExportOptions Export, string RecipeHash, string ToolVersion, string SecondRuntime);
}
