using System.Text.Json;
using OnnxPipeline.Compression;
using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>"quantize": variants of the exported model in fewer bits, each compared with it.</summary>
internal sealed class QuantizeStage(IReadOnlyList<QuantizeOptions> variants) : IStage
{
    public const string StageName = "quantize";
    public const string ReportFile = "quantize.json";

    public string Name => StageName;

    public string CodeVersion => "2";

    public IReadOnlyList<string> Inputs => [DataStage.StageName, ExportStage.StageName];

    public object Options { get; } = new QuantizeStageOptions(variants);

    public string Engine => $"ort {Providers.Version}";

    public string DeviceKind => Device.CpuKind;

    public IReadOnlyList<ShownFile> Shown => [.. Files(variants).Append(ReportFile).Select(file => new ShownFile(file, file))];

    /// <summary>The file of each variant: "model.int8.onnx" for static int8, and so on; a second one of its kind has a number.</summary>
    public static IReadOnlyList<string> Files(IReadOnlyList<QuantizeOptions> variants)
    {
        var kinds = variants.Select(KindOf).ToArray();
        return [.. kinds.Select((kind, i) => kinds.Take(i).Count(k => k == kind) is > 0 and var before ? $"model.{kind}-{before + 1}.onnx" : $"model.{kind}.onnx")];
    }

    public void Run(StageContext context)
    {
        using var dataset = Dataset.Open(context.Input(DataStage.StageName));
        var exported = Model.Load(Path.Combine(context.Input(ExportStage.StageName), ExportStage.ModelFile));
        var validation = Part(dataset, dataset.Validation);
        HeldOutSamples?[] parts = [validation, Part(dataset, dataset.Test)];
        var expected = Array.ConvertAll(parts, samples => samples is null ? null : ModelAnswers.Of(exported, samples, context.Cancellation));
        var reports = new List<VariantReport>();
        foreach (var (options, file) in variants.Zip(Files(variants)))
        {
            var calibration = CalibrationSamples.Of(dataset, options is StaticQuantizeOptions o ? o.CalibrationSamples : 1);
            var result = Quantizer.Quantize(exported, options, calibration, validation, context.Cancellation);
            var path = Path.Combine(context.Output, file);
            result.Model.Save(path);

            var answers = parts.Zip(expected, (samples, truth) => truth is null ? null
                : AnswerComparison.Of(truth, ModelAnswers.Of(result.Model, samples!, context.Cancellation), DatasetModel.ScaleOf(dataset))).ToArray();
            reports.Add(new VariantReport(file, new FileInfo(path).Length, options.Tolerance, result.Report, answers[0], answers[1]));
            foreach (var line in QuantizeText.Lines(reports[^1])) context.Progress.Note(line);
        }
        File.WriteAllText(Path.Combine(context.Output, ReportFile), JsonSerializer.Serialize(new QuantizeStageReport(reports), StageJson.Default.QuantizeStageReport));
    }

    private static HeldOutSamples? Part(Dataset dataset, DatasetSplit split) => split.Count > 0 ? HeldOutSamples.Of(dataset, split) : null;

    private static string KindOf(QuantizeOptions options) => options switch
    {
        StaticQuantizeOptions => "int8",
        DynamicQuantizeOptions => "dynamic",
        WeightOnlyQuantizeOptions { Bits: 4 } => "int4",
        WeightOnlyQuantizeOptions => "int8-weights",
        Float16QuantizeOptions => "fp16",
        _ => "bf16",
    };

    private sealed record QuantizeStageOptions(IReadOnlyList<QuantizeOptions> Variants);
}

/// <summary>quantize.json: what became of the exported model.</summary>
/// <param name="Variants">In the recipe's order.</param>
internal sealed record QuantizeStageReport(IReadOnlyList<VariantReport> Variants);

/// <summary>One quantised model beside the exported one.</summary>
/// <param name="File">Its file.</param>
/// <param name="Bytes">The file's size.</param>
/// <param name="Tolerance">The mean difference of an answer that the recipe takes for the same.</param>
/// <param name="Report">What is quantised and what is not.</param>
/// <param name="Validation">The answers compared on the validation part; null without one.</param>
/// <param name="Test">The answers compared on the test part; null without one.</param>
internal sealed record VariantReport(string File, long Bytes, double Tolerance, QuantizeReport Report, AnswerComparison? Validation, AnswerComparison? Test)
{
    /// <summary>On the test part, or the validation part where there is no other.</summary>
    public AnswerComparison? HeldOut => Test ?? Validation;

    /// <summary>Whether the answers are within the tolerance on every part.</summary>
    public bool WithinTolerance => new[] { Validation, Test }.All(c => c is null || c.MeanAbsDiff <= Tolerance);
}
