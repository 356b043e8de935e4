using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.FineTuning;

public sealed class FineTuneCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public FineTuneCommandTests()
    {
        foreach (var name in new[] { "resnet", "vgg" })
            File.Copy(Path.Combine(AppContext.BaseDirectory, "reference", "models", $"{name}.onnx"), _folder.File($"{name}.onnx"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_linear_probe_trains_the_head_alone_and_the_result_goes_where_it_is_asked_for()
    {
        var (code, output, error) = await Run("finetune", "resnet.onnx", "--dataset", "digits", "--linear-probe", "--epochs", "2", "--mean", "0.485,0.456,0.406", "--std", "0.229,0.224,0.225", "--out", "mine.onnx", "--set", "export.secondRuntime=false");
        Assert.True(code == Cli.Done, error);
        Assert.Contains("test.accuracy", output, StringComparison.Ordinal);
        var trained = Model.Load(Directory.EnumerateFiles(_folder.File("artifacts/store"), "trained.onnx", SearchOption.AllDirectories).Single()).Graph.Initializers;
        var given = Model.Load(_folder.File("resnet.onnx")).Graph;
        var weights = Trainables.Of(given).Where(t => trained.Contains(t.Name)).ToArray();
        Assert.True(weights.Length > 10);
        Assert.All(weights, t => Assert.True(t.Bytes.Span.SequenceEqual(trained[t.Name].Bytes.Span), t.Name));
        Assert.Equal(["top", "middle", "bottom"], OnnxPipeline.Export.ModelInspector.LabelsOf(Model.Load(_folder.File("mine.onnx"))));

        // The model's content decides, not its place: moved, everything is cached.
        File.Move(_folder.File("resnet.onnx"), _folder.File("moved.onnx"));
        var again = await Run("finetune", "moved.onnx", "--dataset", "digits", "--linear-probe", "--epochs", "2", "--mean", "0.485,0.456,0.406", "--std", "0.229,0.224,0.225", "--until", "train");
        Assert.Equal(Cli.Done, again.Code);
        Assert.Equal(3, again.Output.Split('\n').Count(line => line.Contains(" cached ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Every_option_of_layers_reaches_the_training()
    {
        var (code, _, error) = await Run("finetune", "vgg.onnx", "--dataset", "digits", "--train-last", "2", "--unfreeze-every", "1", "--layer-decay", "0.5", "--head-rate", "3",
            "--batch-norm", "frozen", "--freeze", "classifier.0.*", "--head", "replace", "--epochs", "3", "--learning-rate", "0.001", "--batch-size", "20", "--until", "train");
        Assert.True(code == Cli.Done, error);
        var trained = Model.Load(Directory.EnumerateFiles(_folder.File("artifacts/store"), "trained.onnx", SearchOption.AllDirectories).Single()).Graph.Initializers;
        var given = Model.Load(_folder.File("vgg.onnx")).Graph.Initializers;
        Assert.True(given["classifier.0.weight"].Bytes.Span.SequenceEqual(trained["classifier.0.weight"].Bytes.Span));
        Assert.False(given["features.12.weight"].Bytes.Span.SequenceEqual(trained["features.12.weight"].Bytes.Span));
        Assert.True(given["features.0.weight"].Bytes.Span.SequenceEqual(trained["features.0.weight"].Bytes.Span));
    }

    [Fact]
    public async Task Features_are_a_table_with_a_row_an_image_that_a_recipe_can_train_on()
    {
        var (code, output, error) = await Run("features", "resnet.onnx", "digits", "--out", "features.csv");
        Assert.True(code == Cli.Done, error);
        Assert.Contains("rows of 16 features", output, StringComparison.Ordinal);
        var lines = File.ReadAllLines(_folder.File("features.csv"));
        Assert.Equal("part,label,f1", string.Join(',', lines[0].Split(',').Take(3)));
        Assert.All(lines, line => Assert.Equal(18, line.Split(',').Length));
        Assert.Equal(["test", "train", "validation"], lines.Skip(1).Select(line => line.Split(',')[0]).Distinct().Order(StringComparer.Ordinal));
        Assert.Contains("train,top,", lines[1], StringComparison.Ordinal);
        File.WriteAllText(_folder.File("probe.yaml"), "name: probe\ndata: { dataset: csv, csv: { path: features.csv, target: label } }\nmodel: { name: logistic }\ntrain: { epochs: 1 }\n");
        Assert.Equal(Cli.Done, (await CommandLine.RunAsync(_folder.Path, "run", "probe.yaml", "--until", "train")).Code);
    }

    [Theory]
    [InlineData("finetune none.onnx --dataset digits", "no model file 'none.onnx'")]
    [InlineData("finetune resnet.onnx", "--dataset NAME or with --data FOLDER")]
    [InlineData("finetune resnet.onnx --dataset digits --data x", "one of the two")]
    [InlineData("finetune resnet.onnx --dataset numbers", "no dataset or folder 'numbers'")]
    [InlineData("finetune resnet.onnx --dataset digits --linear-probe --train-last 2", "leave --train-last")]
    [InlineData("finetune resnet.onnx --dataset digits --head best", "no choice for the head 'best'")]
    [InlineData("finetune resnet.onnx --dataset digits --layer-decay 2", "layerDecay")]
    [InlineData("finetune resnet.onnx --dataset digits --size 32", "model.size")]
    [InlineData("finetune resnet.onnx --dataset digits --mean a,b,c", "--mean is 'a,b,c'")]
    [InlineData("finetune resnet.onnx --dataset digits --out resnet.onnx", "--out is the model itself")]
    [InlineData("features resnet.onnx digits --out no/such/features.csv", "no folder")]
    public async Task What_makes_no_sense_is_an_error_before_anything_runs(string line, string message)
    {
        var (code, _, error) = await Run(line.Split(' '));
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("artifacts/store")) && Directory.EnumerateFiles(_folder.File("artifacts/store"), "*.onnx", SearchOption.AllDirectories).Any());
    }

    [Fact]
    public async Task A_head_that_is_not_found_and_a_model_that_cannot_be_trained_say_why()
    {
        var (code, _, error) = await Run("finetune", "resnet.onnx", "--dataset", "digits", "--head-node", "nothing");
        Assert.Equal(Cli.Failed, code);
        Assert.Contains("no head was found", error, StringComparison.Ordinal);

        var graph = new GraphBuilder("rounding");
        graph.Output(graph.Node(Ops.Gemm, [graph.Node(Ops.MatMulInteger, [graph.Node(Ops.Cast, [graph.Node(Ops.Flatten, [graph.Input("x", ElementType.Float, "n", 3, 8, 8)])], [("to", (long)ElementType.UInt8)]), graph.Initializer(Initializer.Zeros("w8", ElementType.Int8, 192, 4))]) is var whole
            ? graph.Node(Ops.Cast, [whole], [("to", (long)ElementType.Float)]) : default, graph.Initializer(Initializer.Zeros("w", ElementType.Float, 4, 5))]), "y");
        graph.Build().Save(_folder.File("whole.onnx"));
        var refused = await Run("finetune", "whole.onnx", "--dataset", "digits");
        Assert.Equal(Cli.Failed, refused.Code);
        Assert.Contains("quantised", refused.Error, StringComparison.Ordinal);
    }

    private Task<(int Code, string Output, string Error)> Run(params string[] line) => CommandLine.RunAsync(GeneratedImages.In(_folder.Path), line);
}
