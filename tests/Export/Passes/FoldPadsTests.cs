using OnnxPipeline.Export.Passes;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Tests.Passes;

public sealed class FoldPadsTests
{
    private readonly FoldPads _pass = new();

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, null)]
    [InlineData(0, "VALID")]
    public void Zeros_around_an_image_become_the_convolutions_padding(int own, string? autoPad)
    {
        var model = Model([0, 0, 1, 2, 0, 0, 3, 0], n => { if (autoPad is null) n.Set("pads", [own, own, own, own]); else n.Set("auto_pad", autoPad); });
        var result = PassAssert.Rewrites(_pass, model);
        var conv = Assert.Single(result.Model.Graph.Nodes);
        Assert.Equal([1 + own, 2 + own, 3 + own, own], conv.Ints("pads")!);
    }

    [Fact]
    public void Axes_given_as_an_input_are_understood()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, 6, 6);
        var padded = graph.Op("Pad", x, graph.Longs("pads", 1, 1, 2, 2), "", graph.Longs("axes", -1, 2));
        var y = graph.Conv(padded, 3, 2, pad: 0);
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 2, Dimension.Unknown, Dimension.Unknown).Build(opset: 18));
        Assert.Equal([1, 1, 2, 2], Assert.Single(result.Model.Graph.Nodes).Ints("pads")!);
    }

    [Fact]
    public void What_is_not_padding_with_zeros_stays()
    {
        PassAssert.Declines(_pass, Model([0, 0, 1, 1, 0, 0, 1, 1], n => { }, mode: "reflect"), "by 'reflect'");
        PassAssert.Declines(_pass, Model([0, 0, 1, 1, 0, 0, 1, 1], n => { }, value: 1), "not with 0");
        PassAssert.Declines(_pass, Model([0, 0, -1, 0, 0, 0, 0, 0], n => { }), "it crops");
        PassAssert.Declines(_pass, Model([1, 0, 1, 1, 0, 0, 1, 1], n => { }), "the batch or the channels");
        PassAssert.Declines(_pass, Model([0, 0, 1, 1, 0, 0, 1, 1], n => n.Set("auto_pad", "SAME_UPPER")), "pads by itself");
    }

    [Fact]
    public void A_padded_image_that_others_read_too_stays()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, 6, 6);
        var padded = graph.Op("Pad", x, graph.Longs("pads", 0, 0, 1, 1, 0, 0, 1, 1));
        var y = graph.Op("Add", graph.Conv(padded, 3, 3, pad: 1), padded);
        PassAssert.Declines(_pass, graph.Output(y, ElementType.Float, "batch", 3, 8, 8).Build(), "read by 2 nodes");
    }

    private static Model Model(long[] pads, Action<Node> conv, string mode = "constant", float? value = null)
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, 6, 6);
        string[] inputs = value is { } v ? [x, graph.Longs("pads", pads), graph.Constant(Initializer.Scalar("value", v))] : [x, graph.Longs("pads", pads)];
        var y = graph.Op("Conv", conv, graph.Op("Pad", n => n.Set("mode", mode), inputs), graph.Weight("w", 2, 3, 3, 3));
        return graph.Output(y, ElementType.Float, Dimension.Unknown, 2, Dimension.Unknown, Dimension.Unknown).Build();
    }
}
