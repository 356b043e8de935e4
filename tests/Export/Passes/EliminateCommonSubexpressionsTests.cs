using OnnxPipeline.Export.Passes;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Tests.Passes;

public sealed class EliminateCommonSubexpressionsTests
{
    private readonly EliminateCommonSubexpressions _pass = new();

    [Fact]
    public void Equal_nodes_become_one_and_so_do_those_that_read_them()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 4);
        var w = graph.Weight("w", 4);
        string Branch(bool swapped) => graph.Op("Relu", swapped ? graph.Op("Add", w, x) : graph.Op("Add", x, w));
        var y = graph.Op("Mul", Branch(false), graph.Op("Sigmoid", Branch(true)));
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 4).Build(), tolerance: 0);
        Assert.Equal(["Add", "Relu", "Sigmoid", "Mul"], result.Model.Graph.Nodes.Select(n => n.OpType));
    }

    [Theory]
    [InlineData("LeakyRelu", "alpha", 0.1f, 0.2f)]
    [InlineData("Elu", "alpha", 1f, 2f)]
    public void Nodes_whose_attributes_differ_both_stay(string op, string attribute, float first, float second)
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 4);
        var y = graph.Op("Add", graph.Op(op, n => n.Set(attribute, first), x), graph.Op(op, n => n.Set(attribute, second), x));
        Assert.False(PassAssert.Keeps(_pass, graph.Output(y, ElementType.Float, "batch", 4).Build()).Modified);
    }

    [Fact]
    public void Subtraction_does_not_change_its_operands()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 4);
        var w = graph.Weight("w", 4);
        var y = graph.Op("Mul", graph.Op("Sub", x, w), graph.Op("Sub", w, x));
        Assert.False(PassAssert.Keeps(_pass, graph.Output(y, ElementType.Float, "batch", 4).Build()).Modified);
    }

    [Fact]
    public void The_one_that_a_graph_output_is_keeps_its_name()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 4);
        var inner = graph.Op("Relu", x);
        var output = graph.Op("Relu", x);
        graph.Output(graph.Op("Neg", inner), ElementType.Float, "batch", 4);
        var result = PassAssert.Rewrites(_pass, graph.Output(output, ElementType.Float, "batch", 4).Build(), tolerance: 0);
        Assert.Equal(["Relu", "Neg"], result.Model.Graph.Nodes.Select(n => n.OpType));
    }

    [Fact]
    public void Two_graph_outputs_of_one_value_stay_two()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 4);
        graph.Output(graph.Op("Relu", x), ElementType.Float, "batch", 4);
        PassAssert.Declines(_pass, graph.Output(graph.Op("Relu", x), ElementType.Float, "batch", 4).Build(), "itself a graph output");
    }

    [Fact]
    public void Nodes_of_several_outputs_merge_output_by_output()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 4);
        string Half(int which)
        {
            var first = graph.Op("Split", n => n.Set("axis", 1L), x);
            graph.Graph.Nodes[^1].Outputs.Add($"{first}.1");
            return which == 0 ? first : $"{first}.1";
        }

        var y = graph.Op("Sub", Half(0), Half(1));
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 2).Build(), tolerance: 0);
        Assert.Equal(["Split", "Sub"], result.Model.Graph.Nodes.Select(n => n.OpType));
    }

    [Fact]
    public void Random_numbers_drawn_twice_are_two()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 4);
        var y = graph.Op("Sub", graph.Op("RandomNormalLike", x), graph.Op("RandomNormalLike", x));
        var result = _pass.Apply(graph.Output(y, ElementType.Float, "batch", 4).Build());
        Assert.False(result.Modified);
        Assert.Contains("random", Assert.Single(result.Report.Declined).Text, StringComparison.Ordinal);
    }
}
