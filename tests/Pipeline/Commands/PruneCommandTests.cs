using System.Text.Json;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Commands;

/// <summary>"prune", on models of this pipeline, on PyTorch's, and on what is none.</summary>
public sealed class PruneCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("resnet18-bn", "batch-norm")]
    [InlineData("mobilenet_v2-bn", "euclidean")]
    [InlineData("squeezenet1_1", "magnitude")]
    public async Task PyTorch_networks_lose_channels_and_with_them_size_and_work(string name, string criterion)
    {
        TorchvisionModels.Write(name, _folder.Path);
        var (code, output, error) = await Run($"prune {name}.onnx --amount 0.5 --criterion {criterion} --round-to 8 --json");
        Assert.True(code == Cli.Done, error);
        using var json = JsonDocument.Parse(output);
        var report = json.RootElement.GetProperty("report");
        long Of(string when, string what) => report.GetProperty(when).GetProperty(what).GetInt64();
        Assert.InRange((double)Of("after", "parameters") / Of("before", "parameters"), 0.2, 0.6);
        Assert.InRange((double)Of("after", "multiplyAdds") / Of("before", "multiplyAdds"), 0.15, 0.6);
        Assert.All(report.GetProperty("layers").EnumerateArray(), l => Assert.True(l.GetProperty("after").GetInt64() % 8 == 0 || l.GetProperty("after").GetInt64() == l.GetProperty("before").GetInt64()));

        var pruned = Model.Load(_folder.File($"{name}.pruned.onnx"));
        Assert.Equal("output: Float[batch,100]", pruned.Graph.Outputs.Single().ToString());
        Assert.Equal(new FileInfo(_folder.File($"{name}.pruned.onnx")).Length, json.RootElement.GetProperty("after").GetProperty("bytes").GetInt64());
        Assert.True(json.RootElement.GetProperty("difference").GetProperty("outputs")[0].GetProperty("maxAbsDiff").GetDouble() > 0);
    }

    [Fact]
    public async Task What_was_left_out_is_told_layer_by_layer_with_the_advice_to_fine_tune()
    {
        AnsweredImages.Write(_folder);
        var (code, output, error) = await Run("prune model.onnx --data answered --amount 0.5 --sensitivity");
        Assert.True(code == Cli.Done, error);
        Assert.Matches(@"^LAYER +CHANNELS +LEFT\n", output);
        Assert.Matches(@"\nconv2 +16 +8\n", output);
        Assert.Matches(@"\nleft as it is: head: ", output);
        Assert.Matches(@"\nparameters +[0-9,]+ +[0-9,]+ +[0-9.]+ ?%\n", output);
        Assert.Matches(@"\nPRUNED ALONE +10 ?% +30 ?% +50 ?% +70 ?% +90 ?%\nconv1 ", output);
        Assert.Matches(@"\naccuracy 100.00 % -> [0-9.]+ %\n", output);
        Assert.Contains("fineTune: { epochs: 3 }", output);
        Assert.Matches(@"\n\S+model.pruned.onnx: [0-9.]+ kB -> [0-9.]+ kB \([0-9.]+ %\)\n$", output);
    }

    [Theory]
    [InlineData("weights --amount 0.8 --scope global --biases", 0.2)]
    [InlineData("n-of-m --keep 1 --of 4 --exclude conv1", 0.25)]
    public async Task Weights_become_0_where_they_stand(string method, double left)
    {
        AnsweredImages.Write(_folder);
        var (code, output, error) = await Run($"prune trained.onnx --method {method} --json");
        Assert.True(code == Cli.Done, error);
        using var json = JsonDocument.Parse(output);
        var report = json.RootElement.GetProperty("report");
        Assert.Equal(left, 1 - report.GetProperty("amount").GetDouble(), 1e-9);
        Assert.Equal("weights", report.GetProperty("unit").GetString());
        var layers = report.GetProperty("layers").EnumerateArray().ToArray();
        Assert.Equal(left, layers.Sum(l => l.GetProperty("after").GetDouble()) / layers.Sum(l => l.GetProperty("before").GetDouble()), 0.03);
        Assert.Equal(Model.Load(_folder.File("trained.onnx")).Graph.Nodes.Count, Model.Load(_folder.File("trained.pruned.onnx")).Graph.Nodes.Count);
    }

    [Fact]
    public async Task A_limit_finds_the_amount_and_writes_nothing_where_there_is_none()
    {
        AnsweredImages.Write(_folder);
        var (code, output, error) = await Run("prune model.onnx --method weights --amount 0.9 --data answered --max-drop 10 --json");
        Assert.True(code == Cli.Done, error);
        using var json = JsonDocument.Parse(output);
        var report = json.RootElement.GetProperty("report");
        Assert.InRange(report.GetProperty("amount").GetDouble(), 0.09, 0.9);
        Assert.InRange(report.GetProperty("scoreAfter").GetDouble(), 0.9 - 1e-9, 1);

        File.Delete(_folder.File("model.pruned.onnx"));
        (code, output, error) = await Run("prune model.onnx --method weights --amount 0.999 --layers head --data answered --max-drop 0 --held-out 90");
        if (code == Cli.Done) Assert.Contains("-> 100.00 %", output);
        else Assert.Contains("nothing was written", error);
        Assert.Equal(code == Cli.Done, File.Exists(_folder.File("model.pruned.onnx")));
    }

    [Fact]
    public async Task Gradients_rank_channels_of_a_model_in_trainings_form()
    {
        AnsweredImages.Write(_folder);
        var (code, output, error) = await Run("prune trained.onnx --criterion taylor --data answered");
        Assert.True(code == Cli.Done, error);
        Assert.Matches(@"\nconv2 +16 +8\n", output);
    }

    [Theory]
    [InlineData("prune model.onnx --method chanels", "There is no method 'chanels'. Did you mean 'channels'? Valid: channels, weights, n-of-m.")]
    [InlineData("prune model.onnx --criterion l1", "There is no criterion 'l1'. Valid: magnitude, euclidean, batch-norm, taylor.")]
    [InlineData("prune model.onnx --amount 1", "--amount is 1; expected a share in [0, 1)")]
    [InlineData("prune model.onnx --method weights --round-to 8", "--round-to is for the method channels, and --method is weights")]
    [InlineData("prune model.onnx --method n-of-m --keep 4", "expected 1 ≤ keep < of")]
    [InlineData("prune model.onnx --round-to 0", "--round-to must be at least 1")]
    [InlineData("prune model.onnx --criterion taylor", "need samples whose answers are known")]
    [InlineData("prune model.onnx --sensitivity", "need samples whose answers are known")]
    [InlineData("prune model.onnx --max-drop 1", "need samples whose answers are known")]
    [InlineData("prune model.onnx --method n-of-m --max-drop 1", "which n-of-m has none of")]
    [InlineData("prune model.onnx --out model.onnx", "--out is the model itself")]
    [InlineData("prune absent.onnx", "There is no model file 'absent.onnx'")]
    public async Task Bad_usage_ends_with_2_and_says_what_is_wrong(string line, string expected)
    {
        AnsweredImages.Write(_folder);
        var (code, output, error) = await Run(line);
        Assert.Contains(expected, error);
        Assert.Equal((Cli.BadUsage, ""), (code, output));
        Assert.False(File.Exists(_folder.File("model.pruned.onnx")));
    }

    [Fact]
    public async Task What_cannot_be_pruned_is_a_failure_that_says_why()
    {
        AnsweredImages.Write(_folder);
        Assert.Equal(Cli.Done, (await Run("quantize model.onnx --data answered --out int8.onnx")).Code);
        File.WriteAllText(_folder.File("garbage.onnx"), "not a model");
        File.WriteAllBytes(_folder.File("cut.onnx"), File.ReadAllBytes(_folder.File("model.onnx"))[..^100]);
        var graph = new GraphBuilder("relu");
        graph.Output(graph.Node(Ops.Relu, [graph.Input("x", ElementType.Float, "batch", 4)]), "y");
        graph.Build().Save(_folder.File("relu.onnx"));
        foreach (var (line, expected) in ((string, string)[])
        [
            ("prune int8.onnx", "int8.onnx: is quantised already (static, QDQ form"),
            ("prune garbage.onnx", "not an ONNX model"),
            ("prune cut.onnx", "cut.onnx"),
            ("prune relu.onnx", "No channel can be taken out. The model has no convolution or product with weights."),
            ("prune model.onnx --layers konv*", "no layer is named like 'konv*'"),
        ])
        {
            var (code, output, error) = await Run(line);
            Assert.Contains(expected, error);
            Assert.Equal((Cli.Failed, ""), (code, output));
        }
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.pruned.onnx"));
    }

    private Task<(int Code, string Output, string Error)> Run(string line) => CommandLine.RunAsync(_folder.Path, line.Split(' '));
}
