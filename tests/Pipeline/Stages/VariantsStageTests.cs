using System.Text.Json;
using OnnxPipeline.Pipeline.Evaluation;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Pipeline.Tests.Fakes;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Pipeline.Tests.Stages;

public sealed class VariantsStageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_form_of_the_model_is_exported_verified_timed_and_set_beside_the_first()
    {
        var (code, _, notes) = await Run("""
            distill: {student: {name: cnn, channels: [[8], [8]], globalPool: true}, seeds: 1, baseline: false}
            prune: {method: {name: channels, amount: 0.5}, fineTune: {epochs: 1, batchSize: 20}}
            quantize: [{name: static}, {name: float16}]
            """);
        Assert.True(code == Cli.Done, notes);

        var report = Report();
        Assert.Equal("test", report.Part);
        Assert.Equal(
            [("model.train.onnx", "train"), ("model.distill.onnx", "distill"), ("model.onnx", "prune"), ("model.int8.onnx", "static"), ("model.fp16.onnx", "float16")],
            report.Variants.Select(v => (v.File, v.Made)));
        Assert.Equal([false, false, false, true, true], report.Variants.Select(v => v.Quantized));
        Assert.Equal(1, report.Variants[0].Answers!.Agreement);
        Assert.All(report.Variants, v => Assert.Equal(new FileInfo(Latest(v.File)).Length, v.Bytes));
        Assert.All(report.Variants, v => Assert.True(v.Verification.Passed, v.File));
        Assert.True(report.Variants[2].Parameters < report.Variants[1].Parameters);
        Assert.All(report.Variants, v => Assert.Equal(v.Verification.DeployAccuracy, v.Answers!.Score));
        foreach (var variant in report.Variants)
        {
            using var model = DeployedModel.Open(Latest(variant.File));
            Assert.Contains($"{variant.File}: {variant.Made}, ", notes, StringComparison.Ordinal);
        }

        var page = File.ReadAllText(Latest("report.html"));
        Assert.Contains("As a share of the first", page, StringComparison.Ordinal);
        Assert.Contains("| model.distill.onnx | distill |", File.ReadAllText(Latest("MODEL_CARD.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variant_beyond_its_tolerance_is_said_to_be()
    {
        var (code, _, notes) = await Run("quantize: [{name: static, tolerance: 1.0e-6}]");
        Assert.Equal(Cli.Done, code);
        Assert.False(Report().Variants[1].Verification.Passed);
        Assert.Contains("on average, more than the 1e-06 that are allowed", notes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_of_one_form_has_no_variants()
    {
        Assert.Equal(Cli.Done, (await Run("")).Code);
        Assert.False(File.Exists(Latest("variants.json")));
        Assert.DoesNotContain("## Variants", File.ReadAllText(Latest("MODEL_CARD.md")), StringComparison.Ordinal);
    }

    private Task<(int Code, string Out, string Error)> Run(string compression)
    {
        File.WriteAllText(_folder.File("small.yaml"), $$"""
            name: small
            data: {dataset: digits}
            model: {name: cnn, channels: [[16], [16]], globalPool: true}
            train: {epochs: 1, batchSize: 20}
            {{compression}}
            """);
        return CommandLine.RunAsync(GeneratedDatasets.In(_folder.Path), ["run", "small.yaml"]);
    }

    private string Latest(string file) => Path.Combine(_folder.Path, "artifacts", "latest", file);

    private VariantsReport Report() => JsonSerializer.Deserialize(File.ReadAllBytes(Latest("variants.json")), VariantsJson.Default.VariantsReport)!;
}
