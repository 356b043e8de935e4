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
    public void Nodes_that_change_nothing_are_taken_out()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, 4, 4);
        var y = graph.Op("Add", graph.Op("Relu", x), graph.Constant(Initializer.Scalar("zero", 0f)));
        y = graph.Op("Div", graph.Op("Mul", graph.Floats("ones", [1, 1, 1], 3, 1, 1), y), graph.Constant(Initializer.Scalar("one", 1f)));
        y = graph.Op("Reshape", graph.Op("Concat", n => n.Set("axis", 1L), graph.Op("Sum", y)), graph.Longs("same", -1, 3, 4, 4));
        y = graph.Op("Tile", graph.Op("Pad", y, graph.Longs("pads", new long[8])), graph.Longs("once", 1, 1, 1, 1));
        y = graph.Op("MaxPool", n => n.Set("kernel_shape", [1L, 1]), graph.Op("Clip", graph.Op("Expand", y, graph.Longs("point", 1, 3, 4, 1))));
        var flat = graph.Op("Flatten", graph.Op("Flatten", y));
        y = graph.Op("Neg", graph.Op("Pow", flat, graph.Constant(Initializer.Scalar("power", 1L))));
        var result = PassAssert.Rewrites(new EliminateIdentities(), graph.Output(y, ElementType.Float, "batch", 48).Build(), tolerance: 0);
        Assert.Equal(["Relu", "Flatten", "Neg"], result.Model.Graph.Nodes.Select(n => n.OpType));
    }

    [Fact]
    public void A_zero_that_stretches_its_other_operand_stays()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 1);
        var y = graph.Op("Relu", graph.Op("Add", graph.Op("Mul", x, graph.Floats("ones", [1, 1], 1, 2)), graph.Floats("zero", [0], 1, 1, 1)));
        Assert.False(PassAssert.Keeps(new EliminateIdentities(), graph.Output(y, ElementType.Float, 1, "batch", 2).Build()).Modified);
    }

    [Theory]
    [InlineData("Sub", 0f)]
    [InlineData("Div", 1f)]
    [InlineData("Pow", 1f)]
    public void A_constant_that_is_neutral_on_one_side_only_stays_on_the_other(string op, float constant)
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 2);
        var y = graph.Op("Relu", graph.Op(op, graph.Constant(Initializer.Scalar("c", constant)), x));
        Assert.False(PassAssert.Keeps(new EliminateIdentities(), graph.Output(y, ElementType.Float, "batch", 2).Build()).Modified);
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
