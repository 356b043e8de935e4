using OnnxPipeline.Models;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Training.Tests;

public sealed class TrainabilityTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("resnet18", 11_222_000)]
    [InlineData("resnet18-bn", 11_227_812)]
    [InlineData("mobilenet_v2-bn", 2_351_972)]
    [InlineData("squeezenet1_1", 773_796)]
    public void Models_that_PyTorch_made_can_be_trained(string name, long weights)
    {
        var model = Model.Load(TorchvisionModels.Write(name, _folder.Path));
        var before = model.ToBytes();
        var trainability = Trainability.Of(model);
        Assert.Empty(trainability.Obstacles);
        Assert.InRange(trainability.Weights, weights * 0.99, weights * 1.01);
        Assert.Equal(before, model.ToBytes());
    }

    [Fact]
    public void Every_node_in_the_way_is_named_with_its_reason()
    {
        var g = new GraphBuilder("ways");
        var x = g.Input("x", ElementType.Float, "batch", 4);
        var starts = g.Input("starts", ElementType.Int64, 1);
        var w = g.Node(Ops.Mul, [x, g.Initializer(Initializer.Zeros("w", ElementType.Float, 4))]);
        var cut = g.Node(Ops.Slice, [w, starts, g.Vector(4), g.Vector(1)]);
        var padded = g.Node(Ops.Pad, [w, g.Vector(0, 1, 0, 1)], [("mode", "reflect")]);
        g.Output(g.Node(Ops.ReduceSum, [cut], [("keepdims", 0L)]), "a");
        g.Output(padded, "b");
        var obstacles = Trainability.Of(g.Build()).Obstacles;
        Assert.Equal(2, obstacles.Count);
        Assert.Contains(obstacles, o => o.Contains("its starts are computed at run time", StringComparison.Ordinal));
        Assert.Contains(obstacles, o => o.Contains("covers mode 'constant', not 'reflect'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("If", "If decides at run time")]
    [InlineData("Loop", "Loop decides at run time")]
    [InlineData("Scan", "Scan decides at run time")]
    [InlineData("QLinearConv", "it is quantised: 1 nodes compute in integers")]
    [InlineData("Hardmax", "Hardmax has no gradient rule")]
    public void Operators_that_cannot_be_trained_through_are_told(string op, string expected)
    {
        var graph = Weighted();
        graph.Nodes.Add(new Node(op, ["h"], ["y"], "odd one"));
        graph.Outputs.Add(new Value("y", new TensorType(ElementType.Float, null)));
        Assert.Contains(expected, string.Join("\n", Trainability.Of(new Model(graph)).Obstacles), StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_stored_as_integers_are_told()
    {
        var graph = Weighted();
        graph.Initializers.Add(Initializer.Zeros("q", ElementType.Int8, 4, 4));
        graph.Initializers.Add(Initializer.Scalar("s", 0.1f));
        graph.Nodes.Add(new Node(Ops.DequantizeLinear, ["q", "s"], ["wide"], "widen"));
        graph.Nodes.Add(new Node(Ops.MatMul, ["h", "wide"], ["y"]));
        graph.Outputs.Add(new Value("y", ElementType.Float, "batch", 4));
        Assert.Contains("1 weights are stored as integers (widen)", Assert.Single(Trainability.Of(new Model(graph)).Obstacles), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_weights_or_without_a_way_to_them_is_told()
    {
        var bare = new Graph("bare");
        bare.Inputs.Add(new Value("x", ElementType.Float, "batch", 4));
        bare.Nodes.Add(new Node(Ops.Relu, ["x"], ["y"]));
        bare.Outputs.Add(new Value("y", ElementType.Float, "batch", 4));
        Assert.Contains("no float weights", Assert.Single(Trainability.Of(new Model(bare)).Obstacles), StringComparison.Ordinal);

        var cut = Weighted();
        cut.Nodes.Add(new Node(Ops.ArgMax, ["h"], ["y"]));
        cut.Nodes.Add(new Node(Ops.Cast, ["y"], ["z"]).Set("to", (long)ElementType.Float));
        cut.Outputs.Add(new Value("z", new TensorType(ElementType.Float, null)));
        Assert.Contains("no output depends on a weight", Assert.Single(Trainability.Of(new Model(cut)).Obstacles), StringComparison.Ordinal);

        var integers = Weighted();
        integers.Nodes.Add(new Node(Ops.ArgMax, ["h"], ["y"]));
        integers.Outputs.Add(new Value("y", new TensorType(ElementType.Int64, null)));
        Assert.Contains("none of its outputs is float32", Assert.Single(Trainability.Of(new Model(integers)).Obstacles), StringComparison.Ordinal);
    }

    /// <summary>h = x·w.</summary>
    private static Graph Weighted()
    {
        var graph = new Graph("net");
        graph.Inputs.Add(new Value("x", ElementType.Float, "batch", 4));
        graph.Initializers.Add(Initializer.Zeros("w", ElementType.Float, 4, 4));
        graph.Nodes.Add(new Node(Ops.MatMul, ["x", "w"], ["h"]));
        return graph;
    }
}
