using System.Text.Json;
using OnnxPipeline.Pipeline.Evaluation;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Stages;

public sealed class QuantizeStageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_recipe_leaves_a_file_a_variant_their_figures_and_a_section_of_the_report()
    {
        File.WriteAllText(_folder.File("small.yaml"), """
            name: small
            data: {dataset: fashion-mnist}
            model: {name: cnn, channels: [[8]], globalPool: true}
            train: {epochs: 1, batchSize: 20}
            quantize:
              - {name: static, maxDrop: 100, calibrationSamples: 30}
              - {name: static, calibration: entropy, correctBias: true}
              - {name: weight-only, bits: 8, blockSize: 16}
              - {name: float16}
            """);
        var (code, output, error) = await CommandLine.RunAsync(GeneratedDatasets.In(_folder.Path), ["run", "small.yaml"]);
        Assert.True(code == Cli.Done, output + error);

        var latest = Path.Combine(_folder.Path, "artifacts", "latest");
        string[] files = ["model.int8.onnx", "model.int8-2.onnx", "model.int8-weights.onnx", "model.fp16.onnx"];
        foreach (var file in files)
        {
            using var model = DeployedModel.Open(Path.Combine(latest, file));
            Assert.NotNull(model);
        }
        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(latest, "quantize.json")));
        var variants = report.RootElement.GetProperty("variants").EnumerateArray().ToArray();
        Assert.Equal(files, variants.Select(v => v.GetProperty("file").GetString()));
        Assert.True(variants[0].GetProperty("report").GetProperty("budget").GetProperty("met").GetBoolean());
        Assert.All(variants, v => Assert.InRange(v.GetProperty("test").GetProperty("agreement").GetDouble(), 0.7, 1));
        Assert.DoesNotContain("floatMs", report.RootElement.GetRawText());
        Assert.Contains("Quantisation", File.ReadAllText(Path.Combine(latest, "report.html")));
    }

    [Theory]
    [InlineData("{name: weight-only, bits: 5}", "quantize.0.bits")]
    [InlineData("{name: weight-only, blockSize: 48}", "quantize.0.blockSize")]
    [InlineData("{name: static, percentile: 20}", "quantize.0.percentile")]
    [InlineData("{name: static, bins: 100}", "quantize.0.bins")]
    [InlineData("{name: static, calibration: guess}", "min-max")]
    [InlineData("{name: sttic}", "Did you mean 'static'")]
    [InlineData("{name: float16, maxDrop: -1}", "quantize.0.maxDrop")]
    public void Options_that_cannot_be_are_named(string variant, string expected)
    {
        File.WriteAllText(_folder.File("bad.yaml"), $"{{name: bad, model: {{name: mlp}}, quantize: [{variant}]}}");
        Assert.Contains(expected, Assert.ThrowsAny<Exception>(() => RecipeReader.Read("bad.yaml", _folder.Path, [])).Message);
    }

    [Fact]
    public void A_budget_needs_validation_samples()
    {
        File.WriteAllText(_folder.File("bad.yaml"), "{name: bad, data: {validation: 0}, model: {name: mlp}, quantize: [{name: static, maxDrop: 1}]}");
        Assert.Contains("data.validation", Assert.ThrowsAny<Exception>(() => RecipeReader.Read("bad.yaml", _folder.Path, [])).Message);
    }
}
