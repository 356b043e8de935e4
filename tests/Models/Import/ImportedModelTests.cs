using OnnxPipeline.Models.Import;
using OnnxPipeline.Models.Layers;
using OnnxPipeline.Models.Shapes;
using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Models.Tests.Import;

public sealed class ImportedModelTests : IDisposable
{
    private static readonly OnnxModelOptions Kept = new() { Head = HeadChoice.Keep };

    private readonly ForeignNetwork _network = new();

    public void Dispose() => _network.Dispose();

    public static TheoryData<string> Heads => ["gemm", "matmul", "conv", "reshaped"];

    [Theory]
    [MemberData(nameof(Heads))]
    public void A_fresh_head_has_a_row_a_class_and_nothing_else_changes(string head)
    {
        var source = _network.Write(HeadOf(head));
        var built = _network.Build();
        Assert.Equal("Float[batch,3]", OutputOf(built));
        Assert.Equal([3, 6], built.Graph.Initializers["head.weight"].Dims.Where(d => d > 1).Order());
        Assert.Equal(3, built.Graph.Initializers["head.bias"].ElementCount);
        Assert.True(source.Graph.Initializers["conv1.weight"].Bytes.Span.SequenceEqual(built.Graph.Initializers["conv1.weight"].Bytes.Span));
        Assert.Equal(4, Trainables.Of(built.Graph).Count);
        Assert.All(OrtRun.OnBytes(built, Pixels(3 * 64 * 2)), value => Assert.True(float.IsFinite(value)));
        Assert.DoesNotContain(built.Graph.Nodes, n => n.Is(Ops.Softmax));
    }

    [Fact]
    public void The_same_seed_gives_the_same_head()
    {
        _network.Write(ForeignNetwork.Gemm);
        Assert.Equal(_network.Build().ToBytes(), _network.Build().ToBytes());
    }

    [Fact]
    public void A_head_of_as_many_classes_stays_and_gives_the_same_logits()
    {
        var source = _network.Write((g, x) => g.Softmax(ForeignNetwork.Gemm(g, x)));
        var built = _network.Build(new OnnxModelOptions { Mean = [0.5f, 0.25f, 0], Std = [0.5f, 1, 2] }, classes: ForeignNetwork.Classes);
        var pixels = Pixels(3 * 64 * 2);
        float[] floats = [.. pixels.Select((p, i) => ((p / 255f) - new[] { 0.5f, 0.25f, 0 }[i / 64 % 3]) / new[] { 0.5f, 1, 2 }[i / 64 % 3])];
        Close(OrtRun.Floats(source, floats, 2, 3, 8, 8), SoftmaxRows(OrtRun.OnBytes(built, pixels)));
        Assert.DoesNotContain(built.Graph.Initializers, t => t.Name == "head.weight");
        Assert.Contains(_network.Build(new OnnxModelOptions { Head = HeadChoice.Replace }, classes: ForeignNetwork.Classes).Graph.Initializers, t => t.Name == "head.weight");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(3)]
    [InlineData(2)]
    public void Other_layouts_of_one_image_give_the_same_answers(int rank)
    {
        Dimension[] input = rank switch { 4 => ["n", 8, 8, 1], 3 => ["n", 8, 8], _ => ["n", 64] };
        _network.Write(ForeignNetwork.Gemm, input);
        var other = OrtRun.OnBytes(_network.Build(Kept, new ImageModelInput(1, 8, 8), ForeignNetwork.Classes), Pixels(128));
        _network.Write(ForeignNetwork.Gemm, "n", 1, 8, 8);
        Close(OrtRun.OnBytes(_network.Build(Kept, new ImageModelInput(1, 8, 8), ForeignNetwork.Classes), Pixels(128)), other);
    }

    [Fact]
    public void Grey_images_become_colours_and_colours_grey_where_the_model_takes_the_other()
    {
        _network.Write(ForeignNetwork.Gemm);
        var grey = Pixels(64);
        Close(OrtRun.OnBytes(_network.Build(Kept, classes: 5), [.. grey, .. grey, .. grey]), OrtRun.OnBytes(_network.Build(Kept, new ImageModelInput(1, 8, 8), 5), grey));
        _network.Write(ForeignNetwork.Gemm, "n", 1, 8, 8);
        Close(OrtRun.OnBytes(_network.Build(Kept, new ImageModelInput(1, 8, 8), 5), grey), OrtRun.OnBytes(_network.Build(Kept, classes: 5), [.. grey, .. grey, .. grey]));
    }

    [Theory]
    [InlineData(null, 8)]
    [InlineData("16x16", 16)]
    public void Images_are_brought_to_the_models_size_or_to_the_one_that_is_named(string? size, int side)
    {
        _network.Write((g, x) => g.Linear(g.Flatten(g.GlobalAveragePool(x)), ForeignNetwork.Classes), "n", 3, side == 8 ? 8 : "h", side == 8 ? 8 : "w");
        var built = _network.Build(Kept with { Size = size }, new ImageModelInput(3, 5, 7), 5);
        // The mean over an image of one colour is the colour's, whatever its size, but for the borders that padding darkens.
        var resized = ShapeInference.Infer(built)["resize"];
        Assert.Equal($"Float[batch,3,{side},{side}]", resized.ToString());
        Assert.Equal(5, OrtRun.OnBytes(built, Pixels(3 * 35)).Length);
    }

    [Fact]
    public void Weights_that_began_alike_are_parted_and_those_in_nodes_become_weights()
    {
        var model = _network.Write((g, x) =>
        {
            var scaled = g.Node(Ops.Mul, [x, g.Initializer(Initializer.Create<float>("gain", [1, 1, 1, 1, 1, 1], 6, 1, 1))]);
            return ForeignNetwork.Gemm(g, g.Node(Ops.Mul, [scaled, g.Node(Ops.Identity, ["gain"], name: "gain_too")]));
        });
        var constant = new Node(Ops.Constant, [], ["w"], "w").Set("value", model.Graph.Initializers["conv1.weight"].Clone("w"));
        model.Graph.Nodes.Insert(0, constant);
        model.Graph.Nodes.First(n => n.Is(Ops.Conv)).Inputs[1] = "w";
        model.Graph.Initializers.Remove("conv1.weight");
        model.Save(_network.Path);
        Assert.Equal(["conv1.bias", "gain", "gain_too", "head.bias", "head.weight", "w"], Trainables.Of(_network.Build().Graph).Select(t => t.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_batch_of_one_that_is_fixed_in_a_reshaping_becomes_free()
    {
        _network.Write((g, x) => g.Linear(g.Node(Ops.Reshape, [g.GlobalAveragePool(x), g.Vector(1, -1)]), ForeignNetwork.Classes), 1, 3, 8, 8);
        Assert.Equal(3 * 4, OrtRun.OnBytes(_network.Build(), Pixels(4 * 3 * 64)).Length);
    }

    [Fact]
    public void Features_are_what_the_head_is_given()
    {
        _network.Write((g, x) => g.Flatten(g.GlobalAveragePool(g.Relu(g.Conv2d(x, ForeignNetwork.Classes, kernel: 1, name: "classes")))));
        var pooled = ImportedModel.Features(new OnnxModelOptions { Path = _network.Path }, new ImageModelInput(3, 8, 8));
        Assert.Equal("Float[batch,6]", OutputOf(pooled));
        _network.Write(ForeignNetwork.Gemm);
        var flat = ImportedModel.Features(new OnnxModelOptions { Path = _network.Path }, new ImageModelInput(3, 8, 8));
        Close(OrtRun.OnBytes(pooled, Pixels(3 * 64)), OrtRun.OnBytes(flat, Pixels(3 * 64)));
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "two branches", "joins several values" },
        { "named", "no head was found" },
        { "scaled", "has a value for each of its 5 classes" },
        { "rank", "expected images" },
        { "batch", "its batch size is fixed inside" },
        { "double", "expected float32 or uint8" },
        { "inputs", "takes 2 inputs" },
        { "channels", "takes images of 1 channels" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_cannot_be_taken_over_is_an_error_that_says_why(string fault, string message)
    {
        var options = new OnnxModelOptions();
        var input = new ImageModelInput(3, 8, 8);
        switch (fault)
        {
            case "two branches": _network.Write((g, x) => g.Add(ForeignNetwork.Gemm(g, x), g.Linear(g.Flatten(x), 5))); break;
            case "named": _network.Write(ForeignNetwork.Gemm); options = options with { HeadNode = "classifier" }; break;
            case "scaled": _network.Write((g, x) => g.Node(Ops.Mul, [ForeignNetwork.Gemm(g, x), g.Initializer(Initializer.Zeros("temperatures", ElementType.Float, 5))])); break;
            case "rank": Save(g => g.Linear(g.Flatten(g.Input("x", ElementType.Float, "n", 3, 8, 8, 2)), 5)); break;
            case "batch": Save(g => g.Linear(g.Node(Ops.Reshape, [g.Input("x", ElementType.Float, "n", 3, 8, 8), g.Vector(4, 192)]), 5)); break;
            case "double": Save(g => g.Node(Ops.Cast, [g.Flatten(g.Input("x", ElementType.Double, "n", 3, 8, 8))], [("to", (long)ElementType.Float)])); options = options with { Head = HeadChoice.Keep }; break;
            case "inputs": Save(g => g.Linear(g.Flatten(g.Add(g.Input("x", ElementType.Float, "n", 3, 8, 8), g.Input("mask", ElementType.Float, "n", 3, 8, 8))), 5)); break;
            default: _network.Write(ForeignNetwork.Gemm, "n", 1, 8, 8); input = new ImageModelInput(2, 8, 8); break;
        }
        var error = Assert.Throws<ModelOptionsException>(() => _network.Build(options, input, fault == "double" ? 192 : 3));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_are_none_are_listed_together()
    {
        var error = Assert.Throws<ModelOptionsException>(() => ModelRegistry.Build(new OnnxModelOptions { Path = "none.onnx", Size = "8", Mean = [float.NaN], Std = [0] }, new ImageModelInput(1, 8, 8), 3, 1));
        Assert.Equal(4, error.Errors.Count);
    }

    private void Save(Func<GraphBuilder, GraphValue> build)
    {
        var graph = new GraphBuilder("foreign", 13);
        graph.Output(build(graph), "y");
        graph.Build().Save(_network.Path);
    }

    private static Func<GraphBuilder, GraphValue, GraphValue> HeadOf(string name) => name switch
    {
        "gemm" => (g, x) => g.Softmax(ForeignNetwork.Gemm(g, x)),
        "matmul" => (g, x) => g.Node(Ops.Add, [g.Initializer(Initializer.Zeros("b", ElementType.Float, 5)), g.Node(Ops.MatMul, [g.Flatten(g.GlobalAveragePool(x)), g.Initializer(Initializer.Zeros("w", ElementType.Float, 6, 5))])]),
        "conv" => (g, x) => g.Flatten(g.GlobalAveragePool(g.Relu(g.Conv2d(x, 5, kernel: 1)))),
        _ => (g, x) => g.Node(Ops.Reshape, [g.Conv2d(g.GlobalAveragePool(x), 5, kernel: 1), g.Initializer(Initializer.Create<long>("shape", [-1, 5], 2))]),
    };

    private static string OutputOf(Model model) => ShapeInference.Infer(model)[model.Graph.Outputs[0].Name].ToString();

    private static byte[] Pixels(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 37 % 256))];

    private static float[] SoftmaxRows(float[] logits) => [.. logits.Chunk(ForeignNetwork.Classes).SelectMany(row =>
    {
        var sum = row.Sum(v => MathF.Exp(v));
        return row.Select(v => MathF.Exp(v) / sum);
    })];

    private static void Close(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5);
    }
}
