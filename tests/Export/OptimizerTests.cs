using OnnxPipeline.Export.Passes;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Tests;

public sealed class OptimizerTests
{
    [Fact]
    public void Whole_numbers_that_look_a_table_up_are_made_up_within_it()
    {
        var graph = new TestModel();
        var codes = graph.Input("codes", ElementType.Int64, "batch", 3);
        var rows = graph.Op("Gather", graph.Weight("table", 1, 4), codes);
        var model = graph.Output(graph.Op("Identity", rows), ElementType.Float, "batch", 3, 4).Build();
        var (optimized, report) = Optimizer.Optimize(model, new OptimizeOptions());
        Assert.True(report.Passed);
        Assert.Equal(["Gather"], optimized.Graph.Nodes.Select(n => n.OpType));
        Assert.Equal(0, Assert.Single(report.Check).MaxAbsDiff);
    }

    [Fact]
    public void A_model_in_training_form_is_compared_in_its_inference_form_and_that_is_said()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 16);
        var y = graph.Op("Dropout", graph.Op("Relu", x), graph.Constant(Initializer.Scalar("ratio", 0.5f)), graph.Constant(Initializer.Scalar("training", true)));
        var (optimized, report) = Optimizer.Optimize(graph.Output(y, ElementType.Float, "batch", 16).Build(), new OptimizeOptions());
        Assert.True(report.Passed);
        Assert.Contains("in training form", Assert.Single(report.Notes), StringComparison.Ordinal);
        Assert.Equal(["Relu"], optimized.Graph.Nodes.Select(n => n.OpType));
    }

    [Fact]
    public void Passes_are_chosen_by_name_and_an_unknown_name_lists_the_valid()
    {
        var graph = new TestModel();
        var model = graph.Output(graph.Op("Identity", graph.Op("Relu", graph.Input("x", ElementType.Float, "batch", 2))), ElementType.Float, "batch", 2).Build();
        var skipped = Optimizer.Optimize(model, new OptimizeOptions { Skip = [nameof(EliminateIdentities)] });
        Assert.Same(model, skipped.Model);
        Assert.DoesNotContain(skipped.Report.Passes, p => p.Pass == nameof(EliminateIdentities));
        Assert.Single(Optimizer.Optimize(model, new OptimizeOptions { Passes = [nameof(EliminateIdentities)] }).Report.Passes);
        Assert.Contains(nameof(FoldBatchNorm), Assert.Throws<ArgumentException>(() => Optimizer.Optimize(model, new OptimizeOptions { Passes = ["Fold"] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_of_free_sizes_are_tried_until_the_model_runs()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, "height", "width");
        var y = graph.Op("Identity", graph.Gemm(graph.Op("Flatten", graph.Op("GlobalAveragePool", x)), 3, 2));
        var (_, report) = Optimizer.Optimize(graph.Output(y, ElementType.Float, "batch", 2).Build(), new OptimizeOptions());
        Assert.True(report.Passed);

        graph = new TestModel();
        x = graph.Input("x", ElementType.Float, "batch", 3, "height", "width");
        y = graph.Op("Identity", graph.Gemm(graph.Op("Flatten", x), 3 * 7 * 7, 2));
        (_, report) = Optimizer.Optimize(graph.Output(y, ElementType.Float, "batch", 2).Build(), new OptimizeOptions());
        Assert.Equal(8, Assert.Single(report.Check).Elements);
    }
}
