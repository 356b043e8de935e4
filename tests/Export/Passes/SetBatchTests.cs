using OnnxPipeline.Export.Passes;
using OnnxPipeline.Models;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Export.Tests.Passes;

public sealed class SetBatchTests
{
    [Fact]
    public void A_free_batch_is_fixed_in_inputs_and_outputs()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "n", 3);
        var y = graph.Op("Add", graph.Gemm(x, 3, 4), graph.Input("offset", ElementType.Float, "n", 1));
        var model = graph.Output(y, ElementType.Float, "n", 4).Build();
        var result = new SetBatch(5).Apply(model);
        Assert.True(result.Modified);
        Assert.Equal(["x: Float[5,3]", "offset: Float[5,1]", "add1: Float[5,4]"], result.Model.Graph.Inputs.Concat(result.Model.Graph.Outputs).Select(v => v.ToString()));
        Same(model, result.Model, 5);
        Assert.False(new SetBatch(5).Apply(result.Model).Modified);
    }

    [Fact]
    public void A_batch_that_a_reshape_contradicts_is_not_fixed()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "n", 3);
        var model = graph.Output(graph.Op("Reshape", x, graph.Longs("shape", 2, 3)), ElementType.Float, 2, 3).Build();
        Declines(new SetBatch(5), model, "expected a shape of 15 elements");
        Assert.True(new SetBatch(2).Apply(model).Modified);
    }

    [Fact]
    public void A_fixed_batch_is_freed_through_reshapes_that_name_it()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, 2, 3, 4, 4);
        var y = graph.Op("Reshape", graph.Op("Relu", x), graph.Longs("flat", 2, -1));
        y = graph.Op("Reshape", graph.Gemm(y, 48, 6), graph.Longs("pairs", 2, 3, 2));
        var model = graph.Output(graph.Op("Softmax", y), ElementType.Float, 2, 3, 2).Build();
        var result = new SetBatch(null).Apply(model);
        Assert.True(result.Modified, string.Join("; ", result.Report.Declined));
        Assert.Equal(["x: Float[batch,3,4,4]", "softmax4: Float[batch,3,2]"], result.Model.Graph.Inputs.Concat(result.Model.Graph.Outputs).Select(v => v.ToString()));
        Same(model, result.Model, 2);
        Assert.Equal(7, Reference.Run(result.Model, Reference.RandomFeeds(result.Model, 7)).Values.Single().Dims[0]);

        var other = new SetBatch(3).Apply(model);
        Assert.Equal("x: Float[3,3,4,4]", other.Model.Graph.Inputs[0].ToString());
    }

    [Fact]
    public void A_batch_that_is_lost_on_the_way_is_not_freed_and_the_node_is_named()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, 2, 3);
        var y = graph.Op("Relu", graph.Op("Reshape", x, graph.Longs("shape", 3, 2)));
        var model = graph.Output(graph.Op("Transpose", y), ElementType.Float, 2, 3).Build();
        Declines(new SetBatch(null), model, "Reshape 'Reshape_0' does not carry it on");

        graph = new TestModel();
        x = graph.Input("x", ElementType.Float, 2, 3);
        model = graph.Output(graph.Op("Add", x, graph.Weight("w", 2, 3)), ElementType.Float, 2, 3).Build();
        Declines(new SetBatch(null), model, "Add 'Add_0' does not carry it on");
    }

    [Fact]
    public void A_size_below_one_and_a_graph_without_inputs_are_refused()
    {
        var graph = new TestModel();
        var model = graph.Output(graph.Op("Identity", graph.Weight("w", 2)), ElementType.Float, 2).Build();
        Declines(new SetBatch(3), model, "no input has an axis");
        Declines(new SetBatch(0), model, "expected at least 1");
    }

    [Theory]
    [MemberData(nameof(TorchvisionTests.Names), MemberType = typeof(TorchvisionTests))]
    public void Exported_networks_take_a_fixed_batch_and_give_it_back(string name)
    {
        using var folder = new TempFolder();
        var model = Model.Load(TorchvisionModels.Write(name, folder.Path));
        var @fixed = new SetBatch(2).Apply(model);
        Assert.Equal("output: Float[2,100]", @fixed.Model.Graph.Outputs[0].ToString());
        var free = new SetBatch(null).Apply(@fixed.Model);
        Assert.True(free.Modified, string.Join("; ", free.Report.Declined));
        Assert.Equal("output: Float[batch,100]", free.Model.Graph.Outputs[0].ToString());
        Same(@fixed.Model, free.Model, 2);
    }

    private static void Same(Model expected, Model actual, int batch)
    {
        var feeds = Reference.RandomFeeds(expected, batch);
        PassAssert.SameOutputs(Reference.Run(expected, feeds), Reference.Run(actual, feeds), 0);
    }

    private static void Declines(SetBatch pass, Model model, string reason)
    {
        var before = model.ToBytes();
        var result = pass.Apply(model);
        Assert.False(result.Modified);
        Assert.Contains(reason, Assert.Single(result.Report.Declined).Text, StringComparison.Ordinal);
        Assert.Equal(before, model.ToBytes());
    }
}
