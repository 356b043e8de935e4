using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Models.Tests.Shapes;

public sealed class ShapeInferenceTests
{
    [Fact]
    public void A_symbolic_batch_is_kept_through_convolution_pooling_flatten_and_product()
    {
        var g = new GraphBuilder("net");
        var x = g.Input("x", ElementType.Float, "batch", 3, 8, 8);
        var w = Weight(g, "w", 5, 3, 3, 3);
        x = g.Node("Conv", [x, w], [("pads", [1, 1, 1, 1])]);
        x = g.Node("MaxPool", [x], [("kernel_shape", [2, 2]), ("strides", [2, 2])]);
        x = g.Node("Flatten", [x]);
        x = g.Node("Gemm", [x, Weight(g, "f", 80, 10)]);
        Assert.Equal("[batch,10]", x.Shape!.ToString());
    }

    [Fact]
    public void A_convolution_that_keeps_sizes_keeps_symbols_and_another_forgets_them()
    {
        var g = new GraphBuilder("net");
        var x = g.Input("x", ElementType.Float, "n", 1, "h", "w");
        var w = Weight(g, "k", 1, 1, 3, 3);
        Assert.Equal("[n,1,h,w]", g.Node("Conv", [x, w], [("pads", [1, 1, 1, 1])]).Shape!.ToString());
        Assert.Equal("[n,1,?,?]", g.Node("Conv", [x, w]).Shape!.ToString());
    }

    [Theory]
    [InlineData("0,-1", "[batch,12]")]
    [InlineData("-1,12", "[batch,12]")]
    [InlineData("-1,3,2,2", "[batch,3,2,2]")]
    [InlineData("-1,6", "[?,6]")]
    [InlineData("-1", "[?]")]
    public void Reshape_recovers_a_symbol_where_everything_else_cancels(string target, string expected)
    {
        var g = new GraphBuilder("net");
        var x = g.Input("x", ElementType.Float, "batch", 3, 4);
        var y = g.Node("Reshape", [x, g.Vector([.. target.Split(',').Select(long.Parse)])]);
        Assert.Equal(expected, y.Shape!.ToString());
    }

    [Fact]
    public void Shapes_that_the_graph_computes_are_followed()
    {
        var g = new GraphBuilder("net");
        var x = g.Input("x", ElementType.Float, "batch", 3, 4);
        var batch = g.Node("Gather", [g.Node("Shape", [x]), g.Constant(0L)]);
        var target = g.Node("Concat", [g.Node("Unsqueeze", [batch, g.Vector(0)]), g.Vector(-1)], [("axis", 0)]);
        Assert.Equal("[batch,12]", g.Node("Reshape", [x, target]).Shape!.ToString());
        Assert.Equal("[batch,3,4]", g.Node("Expand", [g.Constant(1f), g.Node("Shape", [x])]).Shape!.ToString());
    }

    [Theory]
    [InlineData("Equal", "3,1", "3,2", "1,0")]
    [InlineData("Mod", "7,-7", "4", "3,1")]
    [InlineData("Min", "3,9", "5", "3,5")]
    [InlineData("Max", "3,9", "5", "5,9")]
    [InlineData("Div", "7,9", "2", "3,4")]
    public void Integers_that_the_graph_computes_are_known(string op, string a, string b, string expected)
    {
        var g = new GraphBuilder("net");
        long[] Numbers(string text) => [.. text.Split(',').Select(long.Parse)];
        var name = g.Node(op, [g.Vector(Numbers(a)), g.Vector(Numbers(b))]).Name;
        g.Output(g.Node("Relu", [g.Input("x", ElementType.Float, 1)]), "y");
        Assert.Equal(Numbers(expected), ShapeInference.InferAll(g.Build()).Integers(name));
    }

    [Fact]
    public void A_shape_chosen_by_a_condition_is_known()
    {
        var g = new GraphBuilder("net");
        var x = g.Input("x", ElementType.Float, "batch", 3);
        // As exporters write Expand with -1 for axes that stay.
        var wanted = g.Vector(-1, 1, 4);
        var isOpen = g.Node("Equal", [wanted, g.Vector(-1)]);
        var target = g.Node("Where", [isOpen, g.Vector(1, 1, 1), wanted]);
        Assert.Equal("[1,1,4]", g.Node("Expand", [g.Constant(1f), target]).Shape!.ToString());
        var batch = g.Node("Concat", [g.Node("Slice", [g.Node("Shape", [x]), g.Vector(0), g.Vector(1)]), g.Vector(3)], [("axis", 0)]);
        var unknown = g.Node("Equal", [batch, g.Vector(3)]);
        Assert.Equal("[?,8]", g.Node("Expand", [g.Constant(1f), g.Node("Where", [unknown, g.Vector(7, 8), g.Vector(9, 8)])]).Shape!.ToString());
    }

    [Fact]
    public void A_whole_slice_keeps_a_symbol()
    {
        var g = new GraphBuilder("net");
        var x = g.Input("x", ElementType.Float, "batch", 6);
        Assert.Equal("[batch,6]", g.Node("Slice", [x, g.Vector(0), g.Vector(long.MaxValue), g.Vector(0)]).Shape!.ToString());
        Assert.Equal("[?,6]", g.Node("Slice", [x, g.Vector(0), g.Vector(3), g.Vector(0)]).Shape!.ToString());
    }

    [Fact]
    public void An_op_without_a_rule_is_unknown_and_an_error_when_strict()
    {
        var g = new GraphBuilder("net");
        var y = g.Node("Frobnicate", [g.Input("x", ElementType.Float, 2)], domain: "org.example");
        g.Output(y, "y");
        Assert.Equal(default, ShapeInference.Infer(g.Build())["y"]);
        var error = Assert.Throws<GraphException>(() => ShapeInference.Infer(g.Build(), strict: true));
        Assert.Contains("org.example.Frobnicate", error.Message, StringComparison.Ordinal);
        Assert.Contains(", Conv,", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_op_without_a_rule_has_the_type_that_the_graph_records()
    {
        var g = new GraphBuilder("net");
        var y = g.Node("Frobnicate", [g.Input("x", ElementType.Float, 2)], domain: "org.example");
        g.Graph.ValueInfos.Add(new Value(y, ElementType.Float, 2, 7));
        g.Graph.Nodes.Add(new Node("Relu", [y], ["z"]));
        g.Graph.Outputs.Add(new Value("z", ElementType.Float, 2, 7));
        Assert.Equal("Float[2,7]", ShapeInference.Infer(g.Model)["z"].ToString());
    }

    [Fact]
    public void Stale_recorded_types_are_renewed()
    {
        var g = new GraphBuilder("net");
        var hidden = g.Node("Relu", [g.Input("x", ElementType.Float, "batch", 4)]);
        g.Output(g.Node("Neg", [hidden]), "y");
        g.Graph.ValueInfos.Add(new Value(hidden, ElementType.Float, "batch", 99));
        ShapeInference.Annotate(g.Model);
        Assert.Equal("Float[batch,4]", Assert.Single(g.Graph.ValueInfos).Type.ToString());
    }

    [Fact]
    public void A_declared_output_that_contradicts_the_graph_is_an_error()
    {
        var g = new GraphBuilder("net");
        g.Output(g.Node("Relu", [g.Input("x", ElementType.Float, "batch", 4)]), "y");
        g.Graph.Outputs[0] = new Value("y", ElementType.Float, "batch", 5);
        var error = Assert.Throws<GraphException>(() => ShapeInference.Infer(g.Model));
        Assert.Equal("Graph output 'y' is declared as Float[batch,5], but the graph gives Float[batch,4].", error.Message);
    }

    [Fact]
    public void Sizes_that_overflow_are_an_error_of_the_node()
    {
        var g = new GraphBuilder("net");
        var x = g.Input("x", ElementType.Float, 1, 1, 1L << 40);
        var error = Assert.Throws<GraphException>(() => g.Node("ConvTranspose", [x, Weight(g, "w", 1, 1, 2)], [("strides", [1L << 40])]));
        Assert.Contains("overflow", error.Message, StringComparison.Ordinal);
    }

    private static GraphValue Weight(GraphBuilder g, string name, params long[] shape) => g.Initializer(Initializer.Zeros(name, ElementType.Float, shape));
}
