using OnnxPipeline.Export.Passes;
using OnnxPipeline.Models;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Export.Tests.Passes;

/// <summary>Conversion between versions of the operator set; ONNX Runtime, which runs them all, is the judge.</summary>
public sealed class ConvertOpsetTests
{
    /// <summary>Graphs on a 2x4x6x6 image, with the opset that they are written in.</summary>
    private static readonly Dictionary<string, (long Opset, Func<TestModel, string, string> Make)> Graphs = new()
    {
        ["reductions"] = (13, (g, x) => g.Op("Add", g.Op("ReduceMean", n => n.Set("axes", [2L, -1]), x), g.Op("Mul", g.Op("ReduceMax", x), g.Op("ReduceSum", x, g.Longs("axes", 2, 3))))),
        ["reductions with inputs"] = (18, (g, x) => g.Op("Add", g.Op("ReduceL2", x, g.Longs("axes", 2)), g.Op("ReduceMin", n => n.Set("noop_with_empty_axes", 1L), x))),
        ["split"] = (13, (g, x) => Halves(g, x, n => n.Set("axis", 1L))),
        ["split into uneven parts"] = (18, (g, x) => Halves(g, x, n => n.Set("axis", -1L).Set("num_outputs", 2L))),
        ["pad"] = (18, (g, x) => g.Op("Pad", x, g.Longs("pads", 1, 2, 0, 1), "", g.Longs("axes", -1, 2))),
        ["resize"] = (13, (g, x) => g.Op("Resize", n => n.Set("mode", "linear"), x, "", g.Floats("scales", [1, 1, 2, 1.5f], 4))),
        ["average pool"] = (13, (g, x) => g.Op("AveragePool", n => n.Set("kernel_shape", [3L, 3]).Set("pads", [1L, 1, 1, 1]).Set("count_include_pad", 1L), x)),
        ["average pool, rounded up for nothing"] = (13, (g, x) => g.Op("AveragePool", n => n.Set("kernel_shape", [2L, 2]).Set("strides", [2L, 2]).Set("pads", [1L, 1, 1, 1]).Set("count_include_pad", 1L).Set("ceil_mode", 1L), x)),
        ["batch norm"] = (13, (g, x) => g.BatchNorm(x, 4)),
        ["batch norm, new"] = (15, (g, x) => { var y = g.BatchNorm(x, 4); g.Graph.Nodes[^1].Set("training_mode", 0L); return y; }),
        ["hard swish"] = (14, (g, x) => g.Op("HardSwish", x)),
        ["mish"] = (18, (g, x) => g.Op("Mish", x)),
        ["gelu"] = (20, (g, x) => g.Op("Gelu", x)),
        ["gelu by tanh"] = (20, (g, x) => g.Op("Gelu", n => n.Set("approximate", "tanh"), x)),
        ["layer norm"] = (17, (g, x) => g.Op("LayerNormalization", x, g.Weight("s", 6), g.Weight("b", 6))),
        ["layer norm over two axes, no bias"] = (17, (g, x) => g.Op("LayerNormalization", n => n.Set("axis", 2L).Set("epsilon", 0.1f), x, g.Weight("s", 6, 6))),
        ["group norm by channel"] = (21, (g, x) => g.Op("GroupNormalization", n => n.Set("num_groups", 2L), x, g.Weight("s", 4), g.Weight("b", 4))),
        ["shape of some axes"] = (15, (g, x) => g.Op("Expand", g.Op("ReduceMean", n => n.Set("axes", [2L, 3]), x), g.Op("Concat", n => n.Set("axis", 0L), g.Longs("one", 1, 1), g.Op("Shape", n => n.Set("start", -2L), x)))),
        ["reshape"] = (14, (g, x) => g.Op("Reshape", n => n.Set("allowzero", 1L), x, g.Longs("flat", -1, 144))),
        ["cast like"] = (15, (g, x) => g.Op("CastLike", g.Op("Cast", n => n.Set("to", 11L), x), x)),
        ["cast"] = (19, (g, x) => g.Op("Cast", n => n.Set("to", 1L).Set("saturate", 1L), g.Op("Cast", n => n.Set("to", 7L), x))),
        ["quantised"] = (21, (g, x) => g.Op("DequantizeLinear", g.Op("QuantizeLinear", n => n.Set("output_dtype", 2L), x, Scalar(g, "s", 0.1f)), "s")),
        ["elementwise"] = (13, (g, x) => g.Op("Clip", g.Op("LeakyRelu", g.Op("Pow", g.Op("Where", g.Op("GreaterOrEqual", x, Scalar(g, "zero", 0f)), x, g.Op("Neg", x)), Scalar(g, "p", 2f))), Scalar(g, "low", 0.1f))),
        ["squeeze"] = (13, (g, x) => g.Op("Squeeze", g.Op("Unsqueeze", g.Op("Transpose", n => n.Set("perm", [0L, 2, 3, 1]), x), g.Longs("at", 1)), g.Longs("too", 1))),
    };

    public static TheoryData<string> Names => [.. Graphs.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_graph_gives_the_same_in_every_version(string name)
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, 2, 4, 6, 6);
        var (opset, make) = Graphs[name];
        var model = graph.Output(make(graph, x), ElementType.Float, [.. Enumerable.Repeat(Dimension.Unknown, name == "reshape" ? 2 : 4)]).Build(opset);
        var feeds = Reference.RandomFeeds(model);
        var expected = Reference.Run(model, feeds);
        for (var target = ConvertOpset.Oldest; target <= ConvertOpset.Newest; target++)
        {
            if (target == opset) continue;
            var result = new ConvertOpset(target).Apply(model);
            Assert.True(result.Modified, $"{target}: {string.Join("; ", result.Report.Declined)}");
            Assert.Equal(target, result.Model.Opsets[Domains.Onnx]);
            PassAssert.SameOutputs(expected, Reference.Run(result.Model, feeds), 1e-5);
            // The way back: a conversion of what a conversion made.
            var back = new ConvertOpset(opset).Apply(result.Model);
            Assert.True(back.Modified, $"{target} and back: {string.Join("; ", back.Report.Declined)}");
            PassAssert.SameOutputs(expected, Reference.Run(back.Model, feeds), 1e-5);
        }
    }

    [Fact]
    public void A_scale_for_each_group_becomes_one_for_each_channel()
    {
        // ONNX Runtime runs GroupNormalization of opset 21 only; the form of 18 is checked through what it becomes either way.
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, 2, 4, 3, 3);
        var y = graph.Op("GroupNormalization", n => n.Set("num_groups", 2L), x, graph.Weight("s", 2), graph.Weight("b", 2));
        var model = graph.Output(y, ElementType.Float, 2, 4, 3, 3).Build(18);
        var (up, down) = (new ConvertOpset(21).Apply(model), new ConvertOpset(17).Apply(model));
        Assert.Equal([4L], up.Model.Graph.Initializers[up.Model.Graph.Nodes[^1].Inputs[1]].Dims);
        var feeds = Reference.RandomFeeds(model);
        PassAssert.SameOutputs(Reference.Run(up.Model, feeds), Reference.Run(down.Model, feeds), 1e-5);
    }

    [Theory]
    [InlineData(18, 17, "BitwiseNot came with opset 18")]
    [InlineData(17, 23, "expected 13 to 22")]
    [InlineData(12, 17, "only 13 to 22 are converted")]
    public void What_cannot_be_converted_is_left_with_the_reason(long from, long to, string reason)
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.UInt8, "batch", 2);
        var model = graph.Output(graph.Op(from == 18 ? "BitwiseNot" : "Identity", x), ElementType.UInt8, "batch", 2).Build(from);
        Declines(model, to, reason);
    }

    [Fact]
    public void Nodes_without_an_older_form_are_all_named_and_the_model_is_as_it_was()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 4, 6, 6);
        var y = graph.Op("AveragePool", n => n.Set("kernel_shape", [2L, 2]).Set("dilations", [2L, 2]), x);
        y = graph.Op("AveragePool", n => n.Set("kernel_shape", [2L, 2]).Set("strides", [2L, 2]).Set("ceil_mode", 1L).Set("count_include_pad", 1L).Set("pads", [0L, 0, 1, 1]), y);
        y = graph.Op("Pad", n => n.Set("mode", "wrap"), graph.Op("Gelu", y), graph.Longs("pads", 0, 0, 1, 1, 0, 0, 0, 0));
        var model = graph.Output(y, ElementType.Float, "batch", 4, Dimension.Unknown, Dimension.Unknown).Build(22);
        var result = Declines(model, 13, "dilations");
        Assert.Equal(["AveragePool_0", "AveragePool_1", "Pad_3"], result.Report.Declined.Select(n => n.Subject));
    }

    [Fact]
    public void Types_that_the_older_version_lacks_are_refused()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.UInt8, "batch", 2);
        Declines(graph.Output(graph.Op("Add", x, x), ElementType.UInt8, "batch", 2).Build(14), 13, "UInt8, which Add takes from opset 14 on");
    }

    [Fact]
    public void Subgraphs_are_refused()
    {
        Declines(SubgraphModel.Make("seen"), 18, "has a subgraph");
    }

    [Theory]
    [MemberData(nameof(TorchvisionTests.Names), MemberType = typeof(TorchvisionTests))]
    public void Exported_networks_convert_to_both_ends(string name)
    {
        using var folder = new TempFolder();
        var model = Model.Load(TorchvisionModels.Write(name, folder.Path));
        var feeds = Reference.RandomFeeds(model);
        var expected = Reference.Run(model, feeds);
        foreach (var target in (long[])[ConvertOpset.Oldest, ConvertOpset.Newest])
        {
            if (model.Opsets[Domains.Onnx] == target) continue;
            var result = new ConvertOpset(target).Apply(model);
            Assert.True(result.Modified, string.Join("; ", result.Report.Declined));
            PassAssert.SameOutputs(expected, Reference.Run(result.Model, feeds), PassAssert.Tolerance);
        }
    }

    [Theory]
    [InlineData(17, 13, 10, 10)]
    [InlineData(13, 21, 7, 10)]
    [InlineData(13, 18, 3, 8)]
    public void A_newer_operator_set_raises_the_format_version_that_it_needs(long from, long to, long before, long after)
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 2);
        var model = graph.Output(graph.Op("Relu", x), ElementType.Float, "batch", 2).Build(from);
        model.IrVersion = before;
        Assert.Equal(after, new ConvertOpset(to).Apply(model).Model.IrVersion);
    }

    [Theory]
    [InlineData(17, null, 8, null)]
    [InlineData(13, null, 7, null)]
    [InlineData(17, 9L, 9, null)]
    [InlineData(17, 7L, 10, "opset 17 needs 8")]
    [InlineData(17, 99L, 10, "expected 8 to 11")]
    public void The_format_version_is_the_lowest_or_the_one_asked_for(long opset, long? asked, long expected, string? refused)
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 2);
        var model = graph.Output(graph.Op("Add", x, graph.Weight("w", 2)), ElementType.Float, "batch", 2).Build(opset);
        var result = new SetIrVersion(asked).Apply(model);
        Assert.Equal(expected, result.Model.IrVersion);
        if (refused is not null) Assert.Contains(refused, Assert.Single(result.Report.Declined).Text, StringComparison.Ordinal);
        else PassAssert.Rewrites(new SetIrVersion(asked), model);
    }

    private static PassResult Declines(Model model, long target, string reason)
    {
        var before = model.ToBytes();
        var result = new ConvertOpset(target).Apply(model);
        Assert.False(result.Modified);
        Assert.Contains(result.Report.Declined, note => note.Text.Contains(reason, StringComparison.Ordinal));
        Assert.Equal(before, result.Model.ToBytes());
        return result;
    }

    private static string Scalar(TestModel graph, string name, float value) => graph.Constant(Initializer.Scalar(name, value));

    /// <summary>Splits in two and puts the second part before the first.</summary>
    private static string Halves(TestModel graph, string x, Action<Node> attributes)
    {
        var first = graph.Op("Split", attributes, x);
        var node = graph.Graph.Nodes[^1];
        node.Outputs.Add($"{first}.1");
        return graph.Op("Concat", n => n.Set("axis", node.Int("axis", 0)), $"{first}.1", first);
    }
}
