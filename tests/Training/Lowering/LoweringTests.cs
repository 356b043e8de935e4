using OnnxPipeline.Models;
using OnnxPipeline.Models.Layers;
using OnnxPipeline.Training.Lowering;

namespace OnnxPipeline.Training.Tests;

/// <summary>Rewrites of the training graph give what the graph gave before.</summary>
public sealed class LoweringTests
{
    [Theory]
    [InlineData(32, 16, 3, 1, 1, 1)]
    [InlineData(16, 48, 3, 2, 1, 1)]
    [InlineData(16, 16, 5, 1, 0, 1)]
    [InlineData(32, 32, 3, 1, 2, 2)]
    public void A_blocked_convolution_gives_the_outputs_of_the_plain_one(int channels, int filters, int kernel, int stride, int padding, int dilation)
    {
        if (BlockedConvLowering.Block == 0) return;
        var graph = new GraphBuilder("conv");
        var x = graph.Input("x", ElementType.Float, "batch", channels, 9, 9);
        graph.Output(graph.Conv2d(x, filters, kernel, stride, padding, dilation), "y");
        var plain = LoweredModels.WeightsAsInputs(graph.Build());
        var blocked = plain.Clone();

        Assert.Equal(1, BlockedConvLowering.Apply(blocked, BlockedConvLowering.Block));
        LoweredModels.AssertSame(plain, blocked);
    }

    [Theory]
    [InlineData(3, 16, 1)]
    [InlineData(16, 20, 1)]
    [InlineData(32, 32, 2)]
    public void A_convolution_whose_channels_are_no_whole_blocks_or_in_groups_is_left_as_it_is(int channels, int filters, int groups)
    {
        var graph = new GraphBuilder("conv");
        var x = graph.Input("x", ElementType.Float, "batch", channels, 9, 9);
        graph.Output(graph.Conv2d(x, filters, 3, groups: groups), "y");
        var model = graph.Build();
        Assert.Equal(0, BlockedConvLowering.Apply(model, block: 16));
        Assert.DoesNotContain("com.microsoft.nchwc", model.Opsets.Keys);
    }

    [Fact]
    public void Pooling_before_the_activation_gives_the_same()
    {
        var graph = new GraphBuilder("pool");
        var x = graph.Input("x", ElementType.Float, "batch", 4, 8, 8);
        graph.Output(graph.MaxPool2d(graph.Relu(x), 2), "y");
        var plain = graph.Build();
        var exchanged = plain.Clone();
        Assert.Equal(1, PoolBeforeRelu.Apply(exchanged));
        Assert.Equal([Ops.MaxPool, Ops.Relu], exchanged.Graph.Nodes.Select(n => n.OpType));
        LoweredModels.AssertSame(plain, exchanged);
    }

    [Fact]
    public void An_activation_that_something_else_reads_too_is_not_moved()
    {
        var graph = new GraphBuilder("pool");
        var x = graph.Input("x", ElementType.Float, "batch", 4, 8, 8);
        var relu = graph.Relu(x);
        graph.Output(graph.MaxPool2d(relu, 2), "y");
        graph.Output(graph.Sigmoid(relu), "z");
        Assert.Equal(0, PoolBeforeRelu.Apply(graph.Build()));
    }
}
