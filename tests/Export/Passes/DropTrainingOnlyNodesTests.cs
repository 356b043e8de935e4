using OnnxPipeline.Export.Passes;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Tests.Passes;

public sealed class DropTrainingOnlyNodesTests
{
    private readonly DropTrainingOnlyNodes _pass = new();

    [Fact]
    public void Dropout_is_taken_out()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 8);
        var y = graph.Gemm(graph.Op("Dropout", graph.Op("Relu", x), graph.Floats("ratio", [0.5f])), 8, 3);
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 3).Build());
        Assert.Equal(["Relu", "Gemm"], result.Model.Graph.Nodes.Select(n => n.OpType));
    }

    [Fact]
    public void Dropout_that_makes_the_graph_output_gives_its_name_to_the_node_before()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 8);
        var y = graph.Op("Dropout", graph.Op("Relu", x));
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 8).Build());
        Assert.Equal([y], Assert.Single(result.Model.Graph.Nodes).Outputs);
    }

    [Fact]
    public void Dropout_in_constant_training_mode_is_taken_out_too()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 8);
        var training = graph.Constant(Initializer.Scalar("training", true));
        var y = graph.Op("Relu", graph.Op("Dropout", x, graph.Floats("ratio", [0.5f]), training));
        var result = _pass.Apply(graph.Output(y, ElementType.Float, "batch", 8).Build());
        Assert.Equal(["Relu"], result.Model.Graph.Nodes.Select(n => n.OpType));
    }

    [Fact]
    public void Dropout_between_an_input_and_an_output_is_left()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 8);
        var y = graph.Op("Dropout", x);
        PassAssert.Declines(_pass, graph.Output(y, ElementType.Float, "batch", 8).Build(), "which no node produces");
    }

    [Fact]
    public void Dropout_whose_mask_is_used_is_left()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 8);
        var y = graph.Op("Dropout", n => n.Outputs.Add("mask"), x);
        graph.Output(y, ElementType.Float, "batch", 8);
        PassAssert.Declines(_pass, graph.Output("mask", ElementType.Bool, "batch", 8).Build(), "its mask 'mask' is used");
    }

    [Fact]
    public void Dropout_whose_mode_the_caller_sets_is_left()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 8);
        var mode = graph.Input("mode", ElementType.Bool);
        var y = graph.Op("Relu", graph.Op("Dropout", x, "", mode));
        var result = _pass.Apply(graph.Output(y, ElementType.Float, "batch", 8).Build());
        Assert.False(result.Modified);
        Assert.Contains("decided when the model runs", Assert.Single(result.Report.Declined).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Dropout_of_an_old_opset_is_left()
    {
        var graph = new TestModel();
        var y = graph.Op("Dropout", graph.Input("x", ElementType.Float, "batch", 8));
        var result = _pass.Apply(graph.Output(y, ElementType.Float, "batch", 8).Build(opset: 6));
        Assert.Contains("opset 6", Assert.Single(result.Report.Declined).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Batch_normalization_gets_its_inference_form()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, 4, 4);
        var y = graph.BatchNorm(x, 3);
        var model = graph.Output(y, ElementType.Float, "batch", 3, 4, 4).Build();
        var inference = model.Clone();
        graph.Graph.Nodes[0].Set("training_mode", 1L);
        graph.Graph.Nodes[0].Outputs.Add("mean");
        graph.Graph.Nodes[0].Outputs.Add("variance");

        var result = _pass.Apply(model);
        Assert.True(result.Modified);
        Assert.False(_pass.Apply(result.Model).Modified);
        var feeds = Reference.RandomFeeds(model);
        PassAssert.SameOutputs(Reference.Run(inference, feeds), Reference.Run(result.Model, feeds), 0);
    }

    [Fact]
    public void Batch_normalization_whose_running_mean_is_used_is_left()
    {
        var graph = new TestModel();
        var y = graph.BatchNorm(graph.Input("x", ElementType.Float, "batch", 3, 4, 4), 3);
        graph.Graph.Nodes[0].Set("training_mode", 1L);
        graph.Graph.Nodes[0].Outputs.Add("mean");
        graph.Graph.Nodes[0].Outputs.Add("variance");
        graph.Output(y, ElementType.Float, "batch", 3, 4, 4);
        PassAssert.Declines(_pass, graph.Output("mean", ElementType.Float, 3).Build(), "training output 'mean' is used");
    }
}
