using OnnxPipeline.Export.Passes;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Tests.Passes;

public sealed class FoldConstantsTests
{
    private readonly FoldConstants _pass = new();

    [Fact]
    public void A_chain_of_constant_nodes_becomes_one_initializer()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 4);
        var scale = graph.Op("Sqrt", graph.Op("Add", graph.Uniform("v", 1, 2, 4), graph.Op("Constant", n => n.Set("value_float", 0.5f))));
        var y = graph.Op("Mul", x, scale);
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 4).Build(), tolerance: 0);
        Assert.Equal(["Mul"], result.Model.Graph.Nodes.Select(n => n.OpType));
    }

    [Fact]
    public void Every_kind_of_constant_node_becomes_an_initializer()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 4);
        var shape = graph.Op("Constant", n => n.Set("value_ints", (long[])[-1, 2]));
        var y = graph.Op("Reshape", x, shape);
        y = graph.Op("Add", y, graph.Op("Constant", n => n.Set("value_floats", (float[])[1, 2])));
        y = graph.Op("Gather", n => n.Set("axis", 1L), y, graph.Op("Constant", n => n.Set("value_int", 1L)));
        y = graph.Op("Mul", y, graph.Op("Constant", n => n.Set("value", Initializer.Scalar("", 2f))));
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, Dimension.Unknown).Build(), tolerance: 0);
        Assert.DoesNotContain(result.Model.Graph.Nodes, n => n.OpType == "Constant");
    }

    [Fact]
    public void Weights_too_large_to_embed_are_computed_by_reference()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 64);
        var y = graph.Op("MatMul", x, graph.Op("Transpose", n => n.Set("perm", (long[])[1, 0]), graph.Weight("w", 50, 64)));
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 50).Build());
        Assert.Equal([64L, 50], result.Model.Graph.Initializers[result.Model.Graph.Nodes[0].Inputs[1]].Dims);
    }

    [Fact]
    public void Several_outputs_and_left_out_ones_are_kept_by_name()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 2);
        var normal = graph.Op("LayerNormalization", n => { n.Outputs.Add(""); n.Outputs.Add("deviation"); }, graph.Weight("w", 3, 2), graph.Weight("s", 2));
        var y = graph.Op("Add", graph.Op("Add", x, graph.Op("ReduceMax", n => n.Set("axes", (long[])[0]), normal)), graph.Op("ReduceMax", "deviation"));
        PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 2).Build());
    }

    [Theory]
    [InlineData(1L << 33)]
    [InlineData(1L << 19)]
    public void A_result_that_would_enlarge_the_model_is_never_computed(long count)
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 1);
        var big = graph.Op("ConstantOfShape", graph.Longs("shape", count));
        var y = graph.Op("Add", x, graph.Op("ReduceMax", n => n.Set("keepdims", 0L), big));
        var result = _pass.Apply(graph.Output(y, ElementType.Float, "batch", 1).Build());
        Assert.False(result.Modified);
        Assert.Contains("over the limit", Assert.Single(result.Report.Declined).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_product_of_sizes_beyond_32_bits_is_never_computed()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 1);
        var big = graph.Op("Tile", graph.Weight("w", 1 << 12), graph.Longs("repeats", 1 << 20));
        var range = graph.Op("Range", graph.Floats("start", [0]), graph.Floats("end", [100]), graph.Floats("step", [1e-9f]));
        var y = graph.Op("Add", graph.Op("Add", x, graph.Op("ReduceMax", n => n.Set("keepdims", 0L), big)), graph.Op("ReduceMax", range));
        var result = _pass.Apply(graph.Output(y, ElementType.Float, "batch", 1).Build());
        Assert.False(result.Modified);
        Assert.All(result.Report.Declined, note => Assert.Contains("over the limit", note.Text, StringComparison.Ordinal));
        Assert.Equal(2, result.Report.Declined.Count);
    }

    [Fact]
    public void The_limit_is_an_option()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 300);
        var y = graph.Op("Add", x, graph.Op("ConstantOfShape", graph.Longs("shape", 300)));
        var model = graph.Output(y, ElementType.Float, "batch", 300).Build();
        Assert.False(_pass.Apply(model, new PassOptions { FoldingGrowth = 1000 }).Modified);
        Assert.True(_pass.Apply(model, new PassOptions { FoldingGrowth = 1300 }).Modified);
    }

    [Fact]
    public void A_size_that_depends_on_the_values_is_left()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 1);
        var found = graph.Op("ReduceMax", n => n.Set("keepdims", 0L), graph.Op("Cast", n => n.Set("to", 1L), graph.Op("NonZero", graph.Weight("w", 3, 3))));
        PassAssert.Declines(_pass, graph.Output(graph.Op("Add", x, found), ElementType.Float, "batch", 1).Build(), "not known before it is computed");
    }

    [Fact]
    public void Random_nodes_are_never_folded()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3);
        var y = graph.Op("Add", x, graph.Op("Mul", graph.Op("RandomUniformLike", graph.Weight("w", 3)), graph.Floats("zero", [0])));
        PassAssert.Declines(_pass, graph.Output(y, ElementType.Float, "batch", 3).Build(), "its result is random");
    }

    [Fact]
    public void Quantised_weights_stay_quantised()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 2);
        var w = graph.Constant(Initializer.Create<sbyte>("w", [1, -2, 3, 4], 2, 2));
        var zero = graph.Constant(Initializer.Create<sbyte>("zero", [0]));
        var y = graph.Op("Gemm", x, graph.Op("DequantizeLinear", w, graph.Floats("scale", [0.1f]), zero));
        PassAssert.Declines(_pass, graph.Output(y, ElementType.Float, "batch", 2).Build(), "be quantised no more");
    }

    [Fact]
    public void A_node_that_ONNX_Runtime_refuses_is_left_with_its_words()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 1);
        var y = graph.Op("Add", x, graph.Op("MatMul", graph.Weight("a", 2, 3), graph.Weight("b", 2, 3)));
        var result = _pass.Apply(graph.Output(y, ElementType.Float, "batch", 1).Build());
        Assert.False(result.Modified);
        Assert.Contains("ONNX Runtime cannot compute it", Assert.Single(result.Report.Declined).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_constant_that_is_the_graph_output_is_left()
    {
        var graph = new TestModel();
        graph.Input("x", ElementType.Float, "batch", 1);
        var y = graph.Op("Constant", n => n.Set("value_floats", (float[])[1, 2]));
        PassAssert.Declines(_pass, graph.Output(y, ElementType.Float, 2).Build(), "graph output");
    }
}
