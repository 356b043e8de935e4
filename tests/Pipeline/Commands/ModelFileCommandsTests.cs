using System.Text.Json;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Commands;

/// <summary>"inspect", "compare" and "optimize", on models that PyTorch exported and on broken ones.</summary>
public sealed class ModelFileCommandsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Inspect_describes_an_exported_network()
    {
        TorchvisionModels.Write("resnet18-bn", _folder.Path);
        var (code, output, error) = await Run("inspect resnet18-bn.onnx");
        Assert.Equal((Cli.Done, ""), (code, error));
        Assert.Matches(@"\nproducer +pytorch 1\.13", output);
        Assert.Matches(@"\nopsets +ai.onnx 17\n", output);
        Assert.Matches(@"\ninput +input: Float\[batch,3,64,64\]\n", output);
        Assert.Matches(@"\noutput +output: Float\[batch,100\]\n", output);
        Assert.Contains("with resnet18-bn.onnx.data", output);
        Assert.Matches(@"\nBatchNormalization +20\n", output);
        Assert.Matches(@"\nConv +20\n", output);

        (_, output, _) = await Run("inspect resnet18-bn.onnx --json");
        using var json = JsonDocument.Parse(output);
        var report = json.RootElement.GetProperty("report");
        // ResNet-18's weights, with 100 classes for 1000: 11,689,512 - 900 * 513.
        Assert.Equal(11_689_512 - 900 * 513, report.GetProperty("parameters").GetInt64());
        Assert.Equal("resnet18-bn.onnx.data", report.GetProperty("externalFiles")[0].GetString());
        Assert.Empty(report.GetProperty("problems").EnumerateArray());
    }

    [Fact]
    public async Task Inspect_tells_of_labels_quantisation_and_zeros()
    {
        var model = ModelRegistry.Build(new LogisticOptions(), new ImageModelInput(1, 4, 4), 3, seed: 1);
        model.Graph.Initializers.First(t => t.Dims.Count == 2).Span<float>()[..24].Clear();
        Exporter.Export(model, new ExportSettings { Labels = ["ant", "bee", "cow"] }).Model.Save(_folder.File("deploy.onnx"));
        var (_, output, _) = await Run("inspect deploy.onnx");
        Assert.Matches(@"\nlabels +3: ant, bee, cow\n", output);
        Assert.Matches(@"\nzeros in weights +50.0 ?%\n", output);
        Assert.Matches(@"\nquantisation +none\n", output);

        var graph = new GraphBuilder("int8");
        var x = graph.Input("x", ElementType.Float, "batch", 4);
        var scale = graph.Initializer(Initializer.Scalar("scale", 0.1f));
        var zero = graph.Initializer(Initializer.Scalar("zero", (sbyte)0));
        graph.Output(graph.Node(Ops.DequantizeLinear, [graph.Node(Ops.QuantizeLinear, [x, scale, zero]), scale, zero]), "y");
        graph.Build().Save(_folder.File("int8.onnx"));
        (_, output, _) = await Run("inspect int8.onnx");
        Assert.Contains("static, QDQ form: 1 QuantizeLinear, 1 DequantizeLinear", output);
    }

    [Fact]
    public async Task Unsound_models_are_failures_that_say_what_is_wrong()
    {
        async Task Fails(string name, Action<Model> damage, string expected)
        {
            var model = ModelRegistry.Build(new MlpOptions { Hidden = [4] }, new ImageModelInput(1, 2, 2), 2, seed: 1);
            damage(model);
            model.Save(_folder.File($"{name}.onnx"));
            foreach (var verb in (string[])["inspect", "optimize"])
            {
                var (code, _, error) = await Run($"{verb} {name}.onnx");
                Assert.Equal(Cli.Failed, code);
                Assert.Contains(expected, error);
            }
        }

        await Fails("dangling", m => m.Graph.Nodes[^1].Inputs[0] = "nowhere", "reads 'nowhere', which is no input, no initializer and no node's output");
        await Fails("weightless", m => m.Graph.Initializers.RemoveAt(0), "which is no input, no initializer");
        await Fails("cyclic", m => m.Graph.Nodes[0].Inputs[0] = m.Graph.Nodes[^1].Outputs[0], "The graph has a cycle");
        await Fails("future", m => m.Opsets[Domains.Onnx] = 99, "opset 99 of ai.onnx; known are 1 to");

        File.WriteAllText(_folder.File("garbage.onnx"), "not a model");
        Assert.Equal(Cli.Failed, (await Run("inspect garbage.onnx")).Code);
        var (absent, _, why) = await Run("inspect absent.onnx");
        Assert.Equal(Cli.BadUsage, absent);
        Assert.Contains("There is no model file 'absent.onnx'", why);
    }

    [Fact]
    public async Task External_data_must_be_there_whole_and_inside_the_folder()
    {
        var data = TorchvisionModels.Write("squeezenet1_1", _folder.Path) + ".data";
        async Task Fails(string expected)
        {
            var (code, _, error) = await Run("inspect squeezenet1_1.onnx");
            Assert.Equal(Cli.Failed, code);
            Assert.Contains(expected, error);
        }

        using var elsewhere = new TempFolder();
        File.Move(data, elsewhere.File("weights"));
        await Fails("which is not beside the model");
        File.CreateSymbolicLink(data, elsewhere.File("weights"));
        await Fails("where a link leads outside the model's folder");
        File.Delete(data);
        File.WriteAllBytes(data, [1, 2, 3]);
        await Fails("which has only 3");
    }

    [Fact]
    public async Task Optimize_writes_a_smaller_graph_that_compares_as_the_same()
    {
        TorchvisionModels.Write("mobilenet_v2-bn", _folder.Path);
        var (code, output, error) = await Run("optimize mobilenet_v2-bn.onnx --opset 21 --batch 2");
        Assert.Equal((Cli.Done, ""), (code, error));
        Assert.Matches(@"\nFoldBatchNorm +52 +0 +\d+ -> \d+\n", output);
        Assert.Contains("mobilenet_v2-bn.optimized.onnx: ", output);
        var optimized = Model.Load(_folder.File("mobilenet_v2-bn.optimized.onnx"));
        Assert.Equal((21, "input: Float[2,3,64,64]"), (optimized.Opsets[Domains.Onnx], optimized.Graph.Inputs[0].ToString()));
        Assert.DoesNotContain(optimized.Graph.Nodes, n => n.Is(Ops.BatchNormalization));

        (code, output, _) = await Run("compare mobilenet_v2-bn.onnx mobilenet_v2-bn.optimized.onnx");
        Assert.Equal(Cli.Done, code);
        Assert.Matches(@"\nopset ai.onnx +13 +21\n", output);
        Assert.Matches(@"\nnodes BatchNormalization +52 +0\n", output);
        Assert.Matches(@"\noutput +\S+ +\S+ +\S+ +100.00 ?% +same\n", output);
    }

    [Fact]
    public async Task Optimize_never_overwrites_its_input_unless_told_and_writes_nothing_for_nothing()
    {
        var graph = new GraphBuilder("small");
        graph.Output(graph.Node(Ops.Identity, [graph.Node(Ops.Relu, [graph.Input("x", ElementType.Float, "batch", 4)])]), "y");
        graph.Build().Save(_folder.File("small.onnx"));

        var (code, _, error) = await Run("optimize small.onnx --out small.onnx");
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains("--overwrite", error);
        (code, _, _) = await Run("optimize small.onnx --out small.onnx --overwrite");
        Assert.Equal((Cli.Done, 1), (code, Model.Load(_folder.File("small.onnx")).Graph.Nodes.Count));

        (code, var output, _) = await Run("optimize small.onnx");
        Assert.Equal(Cli.Done, code);
        Assert.Contains("There was nothing to do; no file was written.", output);
        Assert.Equal(["small.onnx"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
        (code, _, _) = await Run("optimize small.onnx --out copy.onnx");
        Assert.Equal((Cli.Done, true), (code, File.Exists(_folder.File("copy.onnx"))));
    }

    [Fact]
    public async Task What_was_asked_for_and_cannot_be_done_writes_nothing()
    {
        var graph = new GraphBuilder("small", opset: 18);
        graph.Output(graph.Node("BitwiseNot", [graph.Node(Ops.Identity, [graph.Input("x", ElementType.UInt8, "batch", 4)])]), "y");
        graph.Build().Save(_folder.File("small.onnx"));
        var (code, output, error) = await Run("optimize small.onnx --opset 17 --ir 3");
        Assert.Equal(Cli.Failed, code);
        Assert.Contains("BitwiseNot came with opset 18", error);
        Assert.Contains("opset 18 needs 8", error);
        Assert.Contains("small.onnx was left as it is.", output);
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task A_model_that_draws_random_numbers_cannot_be_checked_and_is_left()
    {
        var graph = new GraphBuilder("noise");
        graph.Output(graph.Node("RandomNormalLike", [graph.Node(Ops.Identity, [graph.Input("x", ElementType.Float, "batch", 4)])]), "y");
        var model = graph.Build();
        model.Graph.Outputs[0] = new Value("y", ElementType.Float, "batch", 4);
        model.Save(_folder.File("noise.onnx"));
        var (code, _, error) = await Run("optimize noise.onnx");
        Assert.Equal(Cli.Failed, code);
        Assert.Contains("another each time it runs", error);
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Large_weights_go_beside_the_file_when_asked_and_passes_are_chosen_by_name()
    {
        TorchvisionModels.Write("squeezenet1_1", _folder.Path);
        var (code, output, _) = await Run("optimize squeezenet1_1.onnx --passes EliminateDeadNodes,FoldConstants --skip FoldConstants --out out.onnx --external-data 10000 --json");
        Assert.Equal(Cli.Done, code);
        Assert.InRange(new FileInfo(_folder.File("out.onnx")).Length, 1, 200_000);
        Assert.Equal(["out.onnx.data"], Model.Load(_folder.File("out.onnx")).ExternalFiles);
        using var json = JsonDocument.Parse(output);
        Assert.Equal(["EliminateDeadNodes"], json.RootElement.GetProperty("report").GetProperty("passes").EnumerateArray().Select(p => p.GetProperty("pass").GetString()));
        Assert.Equal(Cli.Done, (await Run("compare squeezenet1_1.onnx out.onnx --tolerance 0")).Code);
    }

    [Theory]
    [InlineData("optimize m.onnx --passes FoldBatchNorms", "There is no pass 'FoldBatchNorms'. Did you mean 'FoldBatchNorm'?")]
    [InlineData("optimize m.onnx --batch none", "expected a number of samples from 1, or dynamic")]
    [InlineData("optimize m.onnx --out nowhere/m.onnx", "There is no folder")]
    [InlineData("optimize m.onnx --external-data -1", "--external-data must be at least 0")]
    [InlineData("compare m.onnx m.onnx --samples 0", "--samples must be at least 1")]
    [InlineData("compare m.onnx m.onnx --data mnits", "There is no dataset or folder 'mnits'. Did you mean 'mnist'?")]
    public async Task Bad_usage_ends_with_2_and_says_what_is_wrong(string line, string expected)
    {
        ModelRegistry.Build(new LogisticOptions(), new ImageModelInput(1, 2, 2), 2, seed: 1).Save(_folder.File("m.onnx"));
        var (code, _, error) = await Run(line);
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains(expected, error);
    }

    [Fact]
    public async Task Compare_names_what_differs_and_ends_with_1()
    {
        var model = ModelRegistry.Build(new MlpOptions { Hidden = [4] }, new ImageModelInput(1, 2, 2), 2, seed: 1);
        model.Save(_folder.File("a.onnx"));
        var weight = model.Graph.Initializers.First(t => t.Dims.Count == 2);
        weight.Span<float>()[0] += 0.5f;
        model.Save(_folder.File("b.onnx"));
        var (code, output, _) = await Run("compare a.onnx b.onnx");
        Assert.Equal(Cli.Failed, code);
        Assert.Matches($@"\n{weight.Name} +Float\S+ +Float\S+ +0.5\n", output);
        Assert.Contains("The outputs are not the same", output);
        Assert.Equal(Cli.Done, (await Run("compare a.onnx b.onnx --tolerance 1000")).Code);
        Assert.Equal(Cli.Done, (await Run("compare a.onnx a.onnx --tolerance 0")).Code);

        ModelRegistry.Build(new MlpOptions { Hidden = [4] }, new ImageModelInput(1, 3, 3), 2, seed: 1).Save(_folder.File("c.onnx"));
        (code, output, _) = await Run("compare a.onnx c.onnx --json");
        using var json = JsonDocument.Parse(output);
        Assert.Equal(Cli.Failed, code);
        Assert.False(json.RootElement.GetProperty("same").GetBoolean());
    }

    [Fact]
    public async Task Compare_runs_on_the_test_samples_of_a_dataset_by_name_or_folder()
    {
        ModelRegistry.Build(new LogisticOptions(), new ImageModelInput(1, 8, 8), 3, seed: 1).Save(_folder.File("a.onnx"));
        var services = new CliServices { Folder = _folder.Path, DataStage = (data, _, _) => new FakeStage("data", context => GeneratedImages.Write(context.Output)) { Options = data } };
        var (code, output, _) = await CommandLine.RunAsync(services, "compare", "a.onnx", "a.onnx", "--data", "mnist", "--tolerance", "0");
        Assert.Contains("The outputs are the same on 60 held-out samples.", output);
        Assert.Equal(Cli.Done, code);

        GeneratedImages.Write(Directory.CreateDirectory(_folder.File("stripes")).FullName);
        (code, output, _) = await CommandLine.RunAsync(services, "compare", "a.onnx", "a.onnx", "--data", "stripes", "--samples", "10");
        Assert.Contains("The outputs are the same on 10 held-out samples.", output);
        Assert.Equal(Cli.Done, code);
    }

    private Task<(int Code, string Output, string Error)> Run(string line) => CommandLine.RunAsync(_folder.Path, line.Split(' '));
}
