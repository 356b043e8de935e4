using OnnxPipeline.Inference;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Tests.Fakes;
using SmallRun = OnnxPipeline.Pipeline.Tests.Reports.ReportedRun;

namespace OnnxPipeline.Pipeline.Tests.Stages;

/// <summary>Low-rank training in recipes: what a run leaves, used as a person would.</summary>
public sealed class AdapterStageTests : IDisposable
{
    private const string Perceptron = "{name: mlp, hidden: [16]}";
    private const string Network = "{name: cnn, channels: [[8], [12]], batchNorm: true, dropout: 0.2}";
    private const int Pixels = 64;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Perceptron, "{rank: 2, dropout: 0.1}")]
    [InlineData(Network, "{rank: 2, alpha: 6, match: ['*.weight'], trainAlso: [head.*]}")]
    public async Task One_base_takes_the_adapters_of_three_runs_and_answers_as_their_models(string model, string lora)
    {
        var rates = new[] { "0.02", "0.05", "0.1" };
        foreach (var rate in rates)
        {
            var (code, _, error) = await RunAsync(model, lora, rate);
            Assert.True(code == Cli.Done, error);
            Assert.Contains("adapter: base.onnx takes adapters, verified on", error, StringComparison.Ordinal);
            foreach (var file in new[] { "model.onnx", "base.onnx", "adapter.onnx_adapter" }) File.Copy(Latest(file), _folder.File($"{rate}.{file}"));
        }
        var adapters = rates.ToDictionary(rate => rate, rate => _folder.File($"{rate}.adapter.onnx_adapter"));
        using var served = Predictor.Open(_folder.File("0.02.base.onnx"), new PredictorOptions { Adapters = adapters });
        var random = new Random(2);
        var images = new byte[20 * Pixels];
        random.NextBytes(images);
        var plain = served.PredictPixels(images, 20);
        foreach (var rate in rates)
        {
            using var merged = Predictor.Open(_folder.File($"{rate}.model.onnx"));
            var expected = merged.PredictPixels(images, 20);
            var found = served.WithAdapter(rate).PredictPixels(images, 20);
            Assert.True(plain.Zip(expected).Max(pair => Math.Abs(pair.First.Probabilities[0] - pair.Second.Probabilities[0])) > 1e-3);
            foreach (var (e, f) in expected.Zip(found))
            {
                for (var c = 0; c < 3; c++) Assert.Equal(e.Probabilities[c], f.Probabilities[c], 1e-5);
            }
        }
    }

    [Fact]
    public async Task Other_first_weights_are_another_base()
    {
        await RunAsync(Perceptron, "{rank: 2}", "0.05");
        File.Copy(Latest("adapter.onnx_adapter"), _folder.File("first.onnx_adapter"));
        await RunAsync(Perceptron, "{rank: 2}", "0.05", "--set", "seed=7");
        var (code, _, error) = await CommandLine.RunAsync(_folder.Path, "adapter", "show", "first.onnx_adapter", "--base", Latest("base.onnx"));
        Assert.Equal(Cli.Failed, code);
        Assert.Contains("it was trained on another base", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_show_merge_and_run_an_adapter()
    {
        await RunAsync(Network, "{rank: 2, trainAlso: [head.*]}", "0.05");
        var (merged, adapter) = (_folder.File("merged.onnx"), Latest("adapter.onnx_adapter"));
        var (code, output, error) = await CommandLine.RunAsync(_folder.Path, "adapter", "show", adapter, "--base", Latest("base.onnx"));
        Assert.True(code == Cli.Done, error);
        Assert.Contains("fits", output, StringComparison.Ordinal);
        Assert.Contains(".lora_A [2,", output, StringComparison.Ordinal);

        (code, _, error) = await CommandLine.RunAsync(_folder.Path, "adapter", "merge", Latest("base.onnx"), adapter, "--out", merged);
        Assert.True(code == Cli.Done, error);
        Assert.DoesNotContain(Model.Load(merged).Graph.Initializers, t => t.Name.Contains("lora", StringComparison.Ordinal));
        Assert.Single(Model.Load(merged).Graph.Inputs);

        Directory.CreateDirectory(_folder.File("images"));
        var random = new Random(4);
        for (var i = 0; i < 6; i++)
        {
            var pixels = new byte[Pixels];
            random.NextBytes(pixels);
            File.WriteAllBytes(_folder.File($"images/{i}.png"), TestImages.GreyPng(8, 8, pixels));
        }
        var rows = new List<string>();
        foreach (var line in (string[][])[[Latest("model.onnx")], [Latest("base.onnx"), "--adapter", adapter], [merged], [Latest("base.onnx")]])
        {
            (code, output, error) = await CommandLine.RunAsync(_folder.Path, ["predict", line[0], _folder.File("images"), "--csv", .. line[1..]]);
            Assert.True(code == Cli.Done, error);
            rows.Add(output);
        }
        Assert.Equal(Rounded(rows[0]), Rounded(rows[1]));
        Assert.Equal(Rounded(rows[0]), Rounded(rows[2]));
        Assert.NotEqual(Rounded(rows[0]), Rounded(rows[3]));

        Assert.Equal(Cli.BadUsage, (await CommandLine.RunAsync(_folder.Path, "predict", merged, _folder.File("images"), "--adapter", "none")).Code);
        (code, _, error) = await CommandLine.RunAsync(_folder.Path, "predict", merged, _folder.File("images"), "--adapter", adapter);
        Assert.Equal(Cli.Failed, code);
        Assert.Contains("has no inputs that an adapter could replace", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_s_base_keeps_its_columns_beside_the_inputs_for_adapters()
    {
        File.WriteAllText(_folder.File("table.yaml"), "{name: table, data: {dataset: covertype, validation: 0.2}, model: {name: tabular-mlp, hidden: [16]}, train: {epochs: 1, batchSize: 32, lora: {rank: 2}}}");
        var (code, _, error) = await CommandLine.RunAsync(GeneratedDatasets.In(_folder.Path), "run", "table.yaml");
        Assert.True(code == Cli.Done, error);
        using var predictor = TablePredictor.Open(Latest("base.onnx"), new TablePredictorOptions { Adapters = new Dictionary<string, string> { ["a"] = Latest("adapter.onnx_adapter") } });
        using var merged = TablePredictor.Open(Latest("model.onnx"));
        var (numbers, categories) = (new float[predictor.Numbers.Count], predictor.Columns.Where(c => c.Categories.Count > 0).Select(c => c.Categories[0]).ToArray());
        var (expected, found) = (merged.Run(numbers, categories), predictor.WithAdapter("a").Run(numbers, categories));
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], 1e-5);
    }

    [Theory]
    [InlineData("{rank: 2}", "train.freeze=[head.*]", "train.freeze: with train.lora all weights keep their values")]
    [InlineData("{rank: 0}", "seed=1", "train.lora.rank: expected")]
    [InlineData("{rank: 2, match: [linear9.*]}", "seed=1", "no parameter is named like 'linear9.*'")]
    public async Task What_cannot_be_is_said(string lora, string set, string expected)
    {
        var (code, _, error) = await RunAsync(Perceptron, lora, "0.1", "--set", set);
        Assert.NotEqual(Cli.Done, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Rounded(string csv) => csv.Split('\n').Skip(1).Where(line => line.Length > 0).Select(line =>
    {
        var cells = line.Split(',');
        return double.TryParse(cells[^2], out var probability) ? $"{cells[0]} {probability:0.000}" : line;
    }).Order(StringComparer.Ordinal);

    private string Latest(string name) => _folder.File($"artifacts/latest/{name}");

    private Task<(int Code, string Output, string Error)> RunAsync(string model, string lora, string rate, params string[] options)
    {
        File.WriteAllText(_folder.File("small.yaml"), $"{{name: small, data: {{validation: 0.1}}, model: {model}, train: {{epochs: 3, batchSize: 24, optimizer: {{name: adamw, learningRate: {rate}}}, lora: {lora}}}}}");
        return CommandLine.RunAsync(SmallRun.Services(_folder.Path), ["run", "small.yaml", .. options]);
    }
}
