using System.Text.Json;
using OnnxPipeline.Compression;
using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>
/// "variants": every form of the model, from the one that was trained first to the quantised ones, exported alike, verified against the
/// trained form it comes from, and set beside the first: size, answers, and time in turns of one measurement.
/// </summary>
/// <param name="export">How models are made deployable.</param>
/// <param name="recipeHash">SHA-256 of what decides the models, for their metadata.</param>
/// <param name="trained">The stages that each left a trained model, in their order; the exported model is that of the last.</param>
/// <param name="quantize">The quantised variants of the exported model.</param>
/// <param name="timingSeconds">How long each model is timed for each batch size.</param>
internal sealed class VariantsStage(ExportOptions export, string recipeHash, IReadOnlyList<string> trained, IReadOnlyList<QuantizeOptions> quantize, double timingSeconds) : IStage
{
    public const string StageName = "variants";
    public const string ReportFile = "variants.json";

    public string Name => StageName;

    public string CodeVersion => "1";

    public IReadOnlyList<string> Inputs => [DataStage.StageName, .. trained, ExportStage.StageName, .. quantize.Count > 0 ? [QuantizeStage.StageName] : Array.Empty<string>()];

    public object Options { get; } = new VariantsStageOptions(export, recipeHash, ToolVersion.Current, trained, [.. quantize.Select(v => v.Tolerance)]);

    public string Engine => $"ort {Providers.Version}";

    public string DeviceKind => Device.CpuKind;

    public IReadOnlyList<ShownFile> Shown => [.. trained.SkipLast(1).Select(FileOf).Append(ReportFile).Select(file => new ShownFile(file, file))];

    /// <summary>The exported form of what a stage before the last trained, for example "model.train.onnx".</summary>
    public static string FileOf(string stage) => $"model.{stage}.onnx";

    public void Run(StageContext context)
    {
        using var dataset = Dataset.Open(context.Input(DataStage.StageName));
        var exporter = new RecipeExporter(export, recipeHash, dataset, context.InputHash(DataStage.StageName));
        var samples = exporter.Samples;
        var made = Make(exporter, samples, context).ToArray();

        var first = ModelAnswers.Of(made[0].Model, samples, context.Cancellation);
        var variants = made.Select(m => m.Variant with
        {
            Answers = AnswerComparison.Of(first, ReferenceEquals(m, made[0]) ? first : ModelAnswers.Of(m.Model, samples, context.Cancellation), exporter.Limits.Scale),
        }).ToArray();
        var times = Times(made, LatencyMeter.Measure([.. made.Select(m => m.Model)], samples, ExportStage.MeasuredBatches, seconds: timingSeconds, cancellation: context.Cancellation));
        File.WriteAllText(Path.Combine(context.Output, ReportFile), JsonSerializer.Serialize(new VariantsReport(exporter.HeldOut.Name, variants), VariantsJson.Default.VariantsReport));
        File.WriteAllText(Path.Combine(context.Output, ArtifactManifest.MeasuredFileName), JsonSerializer.Serialize(times, StageJson.Default.VariantTimes));
        foreach (var line in VariantsText.Lines(variants, times)) context.Progress.Note(line);
    }

    private IEnumerable<Made> Make(RecipeExporter exporter, HeldOutSamples samples, StageContext context)
    {
        foreach (var stage in trained.SkipLast(1)) yield return Export(stage, exporter, samples, context);

        var exported = Path.Combine(context.Input(ExportStage.StageName), ExportStage.ModelFile);
        var verified = VerifyReport.FromJson(File.ReadAllText(Path.Combine(context.Input(ExportStage.StageName), ExportStage.VerifyFile)));
        var model = Model.Load(exported);
        var floats = new Made(model, Describe(ExportStage.ModelFile, trained[^1], exported, ModelSummary.Of(model), verified));
        yield return floats;

        var reference = Trained(trained[^1], context);
        foreach (var (options, file) in quantize.Zip(QuantizeStage.Files(quantize)))
        {
            var path = Path.Combine(context.Input(QuantizeStage.StageName), file);
            var quantized = Model.Load(path);
            // A single answer may be far off where the mean is close: it is the mean that the recipe limits.
            var verification = Verifier.Verify(reference, quantized, samples, exporter.Limits with { Tolerance = double.PositiveInfinity, MeanTolerance = options.Tolerance, MinAgreement = 0 });
            yield return new Made(quantized, floats.Variant with { File = file, Made = options.Method, Quantized = true, Bytes = new FileInfo(path).Length, Verification = verification });
        }
    }

    private static Made Export(string stage, RecipeExporter exporter, HeldOutSamples samples, StageContext context)
    {
        var reference = Trained(stage, context);
        var exported = exporter.Export(reference, _ => { });
        var verification = Verifier.Verify(reference, exported.Model, samples, exporter.Limits);
        verification.EnsurePassed();
        var path = Path.Combine(context.Output, FileOf(stage));
        RecipeExporter.Save(exported, verification, path);
        return new Made(exported.Model, Describe(FileOf(stage), stage, path, ModelSummary.Of(exported.Model), verification));
    }

    private static Model Trained(string stage, StageContext context) => Model.Load(Path.Combine(context.Input(stage), TrainStage.ModelFile));

    private static ModelVariant Describe(string file, string stage, string path, ModelSummary summary, VerifyReport verification) => new()
    {
        File = file,
        Made = stage,
        Bytes = new FileInfo(path).Length,
        Parameters = summary.Parameters,
        MultiplyAdds = summary.MultiplyAdds,
        Verification = verification,
    };

    /// <summary>A quantised model's time is explained beside that of the float32 model it was made from.</summary>
    private VariantTimes Times(Made[] made, IReadOnlyList<IReadOnlyList<BatchTime>> times)
    {
        var floats = times[trained.Count - 1];
        return VariantTimes.Of([.. made.Zip(times, (m, t) =>
        {
            var explained = m.Variant.Quantized ? LatencyReport.Of(m.Model, floats, t) : null;
            return new TimedVariant(m.Variant.File, t, explained?.WhySlower is { } why ? $"slower than float32 on this processor ({explained.Instructions}): {why}" : null);
        })]);
    }

    private sealed record Made(Model Model, ModelVariant Variant);

    private sealed record VariantsStageOptions(ExportOptions Export, string RecipeHash, string ToolVersion, IReadOnlyList<string> Trained, IReadOnlyList<double> Tolerances);
}
