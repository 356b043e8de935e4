using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Tests.Layers;

public sealed class NumericEncodingTests
{
    [Fact]
    public void A_number_fills_its_column_s_bins_from_below_and_an_empty_bin_stays_empty()
    {
        var graph = new GraphBuilder("bins");
        var stack = graph.ColumnStack(graph.Input("x", ElementType.Float, "batch", 2));
        graph.Output(graph.PiecewiseLinearEncoding(stack, [[0, 1, 3], [5, 5, 9]]), "y");
        var seen = OrtRun.Run(graph.Build(), ("x", new[] { -1f, 5, 0.5f, 7, 2, 9, 50, 4 }, [4, 2]))["y"];
        Assert.Equal([0, 0, 0.5f, 0, 1, 0.5f, 1, 1, /* the second column */ 0, 0, 0, 0.5f, 0, 1, 0, 0], seen);
    }

    [Fact]
    public void A_periodic_encoding_has_the_sines_then_the_cosines_of_its_column_s_frequencies()
    {
        var graph = new GraphBuilder("periodic");
        graph.Output(graph.PeriodicEncoding(graph.ColumnStack(graph.Input("x", ElementType.Float, "batch", 2)), frequencies: 2, deviation: 1), "y");
        var model = graph.Build();
        new[] { 0.25f, 0.5f, 1f, 2f }.CopyTo(model.Graph.Initializers["periodic1.frequencies"].Span<float>());
        var seen = OrtRun.Run(model, ("x", new[] { 1f, 0.125f }, [1, 2]))["y"];
        var half = MathF.Sqrt(0.5f);
        foreach (var (expected, value) in new[] { 1, 0, 0, -1, half, 1, half, 0 }.Zip(seen)) Assert.Equal(expected, value, 1e-6);
    }

    [Fact]
    public void Each_column_has_a_linear_layer_of_its_own()
    {
        var graph = new GraphBuilder("columns");
        graph.Output(graph.ColumnLinear(graph.ColumnStack(graph.Input("x", ElementType.Float, "batch", 2)), features: 2), "y");
        var model = graph.Build();
        Assert.Equal("Float[batch,4]", model.Graph.Output("y")!.Type.ToString());
        new[] { 1f, 10f, 2f, 20f }.CopyTo(model.Graph.Initializers["columnlinear1.weight"].Span<float>());
        new[] { 0.5f, 0, 0, 0 }.CopyTo(model.Graph.Initializers["columnlinear1.bias"].Span<float>());
        Assert.Equal([3.5f, 30, 8, 80, 5.5f, 50, 12, 120], OrtRun.Run(model, ("x", new[] { 3f, 4, 5, 6 }, [2, 2]))["y"]);
    }

    [Fact]
    public void Sizes_must_be_positive_and_the_columns_known()
    {
        var graph = new GraphBuilder("errors");
        var numbers = graph.Input("x", ElementType.Float, "batch", 2);
        var codes = graph.Input("code", ElementType.Int64, "batch");
        Assert.Contains("embedding1", Assert.Throws<GraphException>(() => graph.Embedding(codes, size: 3, dimension: 0)).Message, StringComparison.Ordinal);
        Assert.Throws<GraphException>(() => graph.PeriodicEncoding(graph.ColumnStack(numbers), frequencies: 0, deviation: 1));
        Assert.Throws<GraphException>(() => graph.ColumnLinear(graph.ColumnStack(numbers), features: 0));
        Assert.Throws<GraphException>(() => graph.ColumnStack(graph.Input("open", ElementType.Float, "batch", "columns")));
    }
}
