using OnnxPipeline.Export.Passes;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Tests.Passes;

public sealed class DeduplicateInitializersTests
{
    private readonly DeduplicateInitializers _pass = new();

    [Fact]
    public void Of_equal_tensors_one_is_kept()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 4);
        var y = graph.Op("Mul", graph.Op("Add", x, graph.Floats("a", [1, 2, 3, 4], 4)), graph.Floats("b", [1, 2, 3, 4], 4));
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 4).Build(), tolerance: 0);
        Assert.Equal(["a"], result.Model.Graph.Initializers.Select(t => t.Name));
    }

    [Fact]
    public void Tensors_of_another_shape_type_or_middle_stay()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 100);
        var values = new float[100];
        var y = graph.Op("Add", graph.Op("Add", x, graph.Floats("row", values, 1, 100)), graph.Floats("vector", [.. values], 100));
        values[50] = 1;
        y = graph.Op("Add", y, graph.Floats("middle", values, 100));
        Assert.False(PassAssert.Keeps(_pass, graph.Output(y, ElementType.Float, "batch", 100).Build()).Modified);
    }

    [Fact]
    public void A_tensor_that_is_a_graph_output_stays()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 2);
        var y = graph.Op("Add", x, graph.Floats("a", [1, 2], 2));
        graph.Output(graph.Floats("b", [1, 2], 2), ElementType.Float, 2);
        PassAssert.Declines(_pass, graph.Output(y, ElementType.Float, "batch", 2).Build(), "it is a graph output");
    }

    [Fact]
    public void A_default_that_a_caller_may_override_is_no_constant()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 2);
        var y = graph.Op("Mul", graph.Op("Add", x, graph.Floats("a", [1, 2], 2)), graph.Floats("b", [1, 2], 2));
        graph.Input("b", ElementType.Float, 2);
        Assert.False(PassAssert.Keeps(_pass, graph.Output(y, ElementType.Float, "batch", 2).Build()).Modified);
    }
}
