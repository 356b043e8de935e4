using OnnxPipeline.Export.Passes;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Tests.Passes;

public sealed class EliminationTests
{
    [Fact]
    public void Identities_and_casts_to_the_same_type_are_taken_out()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 4);
        var y = graph.Op("Identity", graph.Op("Cast", n => n.Set("to", 1L), graph.Op("Identity", x)));
        y = graph.Op("Identity", graph.Op("Add", graph.Op("Relu", y), y));
        var result = PassAssert.Rewrites(new EliminateIdentities(), graph.Output(y, ElementType.Float, "batch", 4).Build(), tolerance: 0);
        Assert.Equal(["Relu", "Add"], result.Model.Graph.Nodes.Select(n => n.OpType));
    }

    [Fact]
    public void A_cast_to_another_type_stays()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.UInt8, "batch", 4);
        var y = graph.Op("Relu", graph.Op("Cast", n => n.Set("to", 1L), x));
        Assert.False(PassAssert.Keeps(new EliminateIdentities(), graph.Output(y, ElementType.Float, "batch", 4).Build()).Modified);
    }

    [Fact]
    public void One_value_given_out_twice_keeps_its_identity()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 4);
        var relu = graph.Op("Relu", x);
        var copy = graph.Op("Identity", relu);
        graph.Output(relu, ElementType.Float, "batch", 4);
        PassAssert.Declines(new EliminateIdentities(), graph.Output(copy, ElementType.Float, "batch", 4).Build(), "itself a graph output");
    }

    [Fact]
    public void An_identity_that_a_subgraph_reads_stays()
    {
        PassAssert.Declines(new EliminateIdentities(), SubgraphModel.Make("seen"), "inside a subgraph");
    }

    [Fact]
    public void What_only_a_subgraph_reads_is_not_dead()
    {
        var result = PassAssert.Keeps(new EliminateDeadNodes(), SubgraphModel.Make("seen"));
        Assert.False(result.Modified);
    }

    [Fact]
    public void Dead_nodes_initializers_and_recorded_types_go()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 4);
        var y = graph.Op("Relu", x);
        var dead = graph.Op("Add", graph.Op("Exp", x), graph.Weight("unused", 4));
        graph.Graph.ValueInfos.Add(new Value(dead, ElementType.Float, "batch", 4));
        graph.Graph.ValueInfos.Add(new Value("gone", ElementType.Float, "batch", 4));
        var result = PassAssert.Rewrites(new EliminateDeadNodes(), graph.Output(y, ElementType.Float, "batch", 4).Build(), tolerance: 0);

        Assert.Equal(["Relu"], result.Model.Graph.Nodes.Select(n => n.OpType));
        Assert.Empty(result.Model.Graph.Initializers);
        Assert.Empty(result.Model.Graph.ValueInfos);
    }

    [Fact]
    public void An_unused_input_is_part_of_the_signature_and_stays()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 4);
        graph.Input("unused", ElementType.Float, "batch", 4);
        var model = graph.Output(graph.Op("Relu", x), ElementType.Float, "batch", 4).Build();
        Assert.False(PassAssert.Keeps(new EliminateDeadNodes(), model).Modified);
    }

    [Fact]
    public void An_unused_weight_of_an_old_model_goes_with_its_input()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 4);
        graph.Input(graph.Weight("unused", 4), ElementType.Float, 4);
        var model = graph.Output(graph.Op("Relu", x), ElementType.Float, "batch", 4).Build();
        model.IrVersion = 3;
        var result = PassAssert.Rewrites(new EliminateDeadNodes(), model);
        Assert.Equal(["x"], result.Model.Graph.Inputs.Select(i => i.Name));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    public void Weights_listed_as_inputs_become_constants(long irVersion)
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 4);
        var y = graph.Gemm(x, 4, 2);
        graph.Input("fc0.weight", ElementType.Float, 2, 4);
        graph.Input("fc0.bias", ElementType.Float, 2);
        var model = graph.Output(y, ElementType.Float, "batch", 2).Build();
        model.IrVersion = irVersion;
        var result = PassAssert.Rewrites(new FreezeInitializers(), model, tolerance: 0);
        Assert.Equal(["x"], result.Model.Graph.Inputs.Select(i => i.Name));
        Assert.True(result.Model.IrVersion >= 4);
    }
}
