using OnnxPipeline.Export.Passes;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Tests.Passes;

public sealed class FoldBatchNormTests
{
    private readonly FoldBatchNorm _pass = new();

    [Theory]
    [InlineData(3, 8, 1, true)]
    [InlineData(3, 8, 1, false)]
    [InlineData(4, 8, 2, true)]
    [InlineData(6, 6, 6, false)]
    public void A_batch_normalization_goes_into_the_convolution_before_it(int from, int to, int group, bool bias)
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", from, 9, 7);
        var y = graph.Op("Relu", graph.BatchNorm(graph.Conv(x, from, to, group: group, bias: bias), to));
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", to, 9, 7).Build());

        Assert.Equal(["Conv", "Relu"], result.Model.Graph.Nodes.Select(n => n.OpType));
        Assert.Equal("conv0.bias", result.Model.Graph.Nodes[0].Inputs[2]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void It_goes_into_a_transposed_convolution(int group)
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 4, 5, 5);
        var w = graph.Weight("w", 4, 3, 3, 3);
        var y = graph.BatchNorm(graph.Op("ConvTranspose", n => n.Set("group", (long)group).Set("strides", [2L, 2]), x, w), 3 * group);
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 3 * group, 11, 11).Build());
        Assert.Equal(["ConvTranspose"], result.Model.Graph.Nodes.Select(n => n.OpType));
    }

    [Theory]
    [InlineData(true, 1f, 1f, new long[] { 5 })]
    [InlineData(false, 1f, 1f, new long[] { 5 })]
    [InlineData(true, 0.5f, 2f, new long[] { 1, 5 })]
    [InlineData(false, 0.5f, 2f, new long[] { 1 })]
    [InlineData(true, 2f, 1f, null)]
    public void It_goes_into_a_gemm_with_any_alpha_beta_and_layout(bool transposed, float alpha, float beta, long[]? biasShape)
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 6);
        var w = transposed ? graph.Weight("w", 5, 6) : graph.Weight("w", 6, 5);
        string[] inputs = biasShape is null ? [x, w] : [x, w, graph.Weight("b", biasShape)];
        var y = graph.BatchNorm(graph.Op("Gemm", n => n.Set("transB", transposed ? 1L : 0).Set("alpha", alpha).Set("beta", beta), inputs), 5);
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 5).Build());
        Assert.Equal(["Gemm"], result.Model.Graph.Nodes.Select(n => n.OpType));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_goes_into_a_matrix_product_before_or_after_it_which_becomes_a_gemm(bool before)
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 5);
        var w = graph.Weight("w", 5, 5);
        var y = before ? graph.BatchNorm(graph.Op("MatMul", x, w), 5) : graph.Op("MatMul", graph.BatchNorm(x, 5), w);
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 5).Build());
        Assert.Equal(["Gemm"], result.Model.Graph.Nodes.Select(n => n.OpType));
    }

    [Fact]
    public void A_product_of_more_than_a_matrix_is_left()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 5, 5);
        var y = graph.BatchNorm(graph.Op("MatMul", x, graph.Weight("w", 5, 5)), 5);
        PassAssert.Declines(_pass, graph.Output(y, ElementType.Float, "batch", 5, 5).Build(), "is 3; expected 2");
    }

    [Theory]
    [InlineData("MaxPool", 0)]
    [InlineData("MaxPool", 1)]
    [InlineData("AveragePool", 0)]
    [InlineData("AveragePool", 1)]
    [InlineData("GlobalAveragePool", 0)]
    [InlineData("GlobalMaxPool", 0)]
    public void Through_a_pooling_it_goes_into_the_convolution_before_that(string pooling, long pad)
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, 8, 8);
        var pooled = graph.Op(pooling, n => { if (!pooling.StartsWith("Global", StringComparison.Ordinal)) n.Set("kernel_shape", [2L, 2]).Set("strides", [2L, 2]).Set("pads", [pad, pad, pad, pad]); }, graph.Conv(x, 3, 4));
        var y = graph.BatchNorm(pooled, 4);
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 4, Dimension.Unknown, Dimension.Unknown).Build());
        Assert.Equal(["Conv", pooling], result.Model.Graph.Nodes.Select(n => n.OpType));
    }

    [Fact]
    public void A_negative_factor_does_not_pass_a_largest_value_nor_a_shift_the_zeros_that_an_average_counts()
    {
        Model Make(string pooling, float scale)
        {
            var graph = new TestModel();
            var x = graph.Input("x", ElementType.Float, "batch", 3, 8, 8);
            var pooled = graph.Op(pooling, n => n.Set("kernel_shape", [3L, 3]).Set("pads", [1L, 1, 1, 1]), graph.Conv(x, 3, 2));
            if (pooling == "AveragePool") graph.Graph.Nodes[^1].Set("count_include_pad", 1L);
            var y = graph.Op("BatchNormalization", pooled, graph.Floats("s", [1, scale], 2), graph.Weight("b", 2), graph.Weight("m", 2), graph.Floats("v", [1, 1], 2));
            return graph.Output(y, ElementType.Float, "batch", 2, 8, 8).Build();
        }

        PassAssert.Declines(_pass, Make("MaxPool", -1), "channel 1 has the negative factor -1");
        PassAssert.Declines(_pass, Make("AveragePool", 1), "counts the zeros of its padding");
        PassAssert.Rewrites(_pass, Make("MaxPool", 0));
    }

    [Fact]
    public void Several_in_a_row_all_fold_and_the_graph_output_keeps_its_name()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, 6, 6);
        var y = graph.BatchNorm(graph.BatchNorm(graph.Conv(x, 3, 4), 4), 4);
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 4, 6, 6).Build());
        Assert.Equal([y], Assert.Single(result.Model.Graph.Nodes).Outputs);
    }

    [Fact]
    public void Before_an_unpadded_convolution_it_goes_into_that()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 4, 6, 6);
        var y = graph.Conv(graph.BatchNorm(x, 4), 4, 6, pad: 0, group: 2);
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 6, 4, 4).Build());
        Assert.Equal(["Conv"], result.Model.Graph.Nodes.Select(n => n.OpType));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Before_a_gemm_it_goes_into_that_through_a_flatten_too(bool flatten)
    {
        var graph = new TestModel();
        var x = flatten ? graph.Input("x", ElementType.Float, "batch", 3, 4, 5) : graph.Input("x", ElementType.Float, "batch", 60);
        var y = graph.BatchNorm(x, flatten ? 3 : 60);
        y = graph.Gemm(flatten ? graph.Op("Flatten", y) : y, 60, 7);
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 7).Build());
        Assert.DoesNotContain(result.Model.Graph.Nodes, n => n.OpType == "BatchNormalization");
    }

    [Fact]
    public void Before_a_padded_convolution_it_stays_because_the_padding_would_shift()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 4, 6, 6);
        var y = graph.Conv(graph.BatchNorm(x, 4), 4, 6, pad: 1);
        PassAssert.Declines(_pass, graph.Output(y, ElementType.Float, "batch", 6, 6, 6).Build(), "which pads with zeros");
    }

    [Fact]
    public void A_convolution_that_others_read_too_is_left()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, 6, 6);
        var conv = graph.Conv(x, 3, 4);
        var y = graph.Op("Add", conv, graph.BatchNorm(conv, 4));
        PassAssert.Declines(_pass, graph.Output(y, ElementType.Float, "batch", 4, 6, 6).Build(), "read by 2 nodes");
    }

    [Fact]
    public void A_convolution_that_is_a_graph_output_is_left()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, 6, 6);
        var conv = graph.Conv(x, 3, 4);
        var y = graph.BatchNorm(conv, 4);
        graph.Output(y, ElementType.Float, "batch", 4, 6, 6);
        PassAssert.Declines(_pass, graph.Output(conv, ElementType.Float, "batch", 4, 6, 6).Build(), "a graph output");
    }

    [Fact]
    public void Weights_that_two_convolutions_share_are_left()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, 6, 6);
        var w = graph.Weight("shared", 3, 3, 1, 1);
        var y = graph.Op("Conv", graph.BatchNorm(graph.Op("Conv", x, w), 3), w);
        PassAssert.Declines(_pass, graph.Output(y, ElementType.Float, "batch", 3, 6, 6).Build(), "'shared' is shared");
    }

    [Fact]
    public void Weights_that_are_also_the_data_are_left()
    {
        var graph = new TestModel();
        graph.Input("x", ElementType.Float, "batch", 2);
        var w = graph.Weight("w", 3, 3);
        var y = graph.BatchNorm(graph.Op("Gemm", w, w), 3);
        PassAssert.Declines(_pass, graph.Output(y, ElementType.Float, 3, 3).Build(), "read twice");
    }

    [Fact]
    public void A_bias_that_two_layers_share_is_copied_not_changed()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, 6, 6);
        var b = graph.Weight("b", 3);
        var first = graph.BatchNorm(graph.Op("Conv", x, graph.Weight("w1", 3, 3, 1, 1), b), 3);
        var y = graph.Op("Conv", first, graph.Weight("w2", 3, 3, 1, 1), b);
        PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 3, 6, 6).Build());
    }

    [Fact]
    public void Weights_that_come_from_outside_are_left()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, 6, 6);
        var w = graph.Input("w", ElementType.Float, 4, 3, 1, 1);
        var y = graph.BatchNorm(graph.Op("Conv", x, w), 4);
        PassAssert.Declines(_pass, graph.Output(y, ElementType.Float, "batch", 4, 6, 6).Build(), "are not constant");
    }

    [Fact]
    public void Weights_that_a_caller_may_override_are_left()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, 6, 6);
        var y = graph.BatchNorm(graph.Conv(x, 3, 4, kernel: 1, pad: 0), 4);
        graph.Input("conv0.weight", ElementType.Float, 4, 3, 1, 1);
        PassAssert.Declines(_pass, graph.Output(y, ElementType.Float, "batch", 4, 6, 6).Build(), "are not constant");
    }

    [Fact]
    public void Weights_from_a_constant_node_become_initializers()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, 6, 6);
        var w = graph.Op("Constant", n => n.Set("value", Initializer.Create<float>("", [1, 2, 3, 4, 5, 6], 2, 3, 1, 1)));
        var y = graph.BatchNorm(graph.Op("Conv", x, w), 2);
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 2, 6, 6).Build());
        Assert.Equal(1, result.Model.Graph.Nodes.Count(n => n.OpType == "Conv"));
    }

    [Fact]
    public void Zero_variance_folds_by_its_epsilon()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, 6, 6);
        var y = graph.BatchNorm(graph.Conv(x, 3, 4), 4, 0, 0);
        PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 4, 6, 6).Build());
    }

    [Theory]
    [InlineData(0f, 0f)]
    [InlineData(-1f, 1e-5f)]
    [InlineData(float.NaN, 1e-5f)]
    public void A_factor_that_is_not_finite_is_left(float variance, float epsilon)
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, 6, 6);
        var y = graph.Op("BatchNormalization", n => n.Set("epsilon", epsilon), graph.Conv(x, 3, 2), graph.Weight("s", 2), graph.Weight("b", 2), graph.Weight("m", 2),
            graph.Floats("v", [1, variance], 2));
        PassAssert.Declines(_pass, graph.Output(y, ElementType.Float, "batch", 2, 6, 6).Build(), "channel 1 has no finite factor");
    }

    [Fact]
    public void A_training_form_is_left_to_the_pass_that_treats_it()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 3, 6, 6);
        var y = graph.BatchNorm(graph.Conv(x, 3, 4), 4);
        graph.Graph.Nodes[^1].Set("training_mode", 1L);
        graph.Graph.Nodes[^1].Outputs.Add("mean");
        graph.Graph.Nodes[^1].Outputs.Add("variance");
        PassAssert.Declines(_pass, graph.Output(y, ElementType.Float, "batch", 4, 6, 6).Build(), nameof(DropTrainingOnlyNodes));
    }

    [Fact]
    public void Double_weights_stay_double()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Double, "batch", 2);
        string Vector(string name, params double[] values) => graph.Constant(Initializer.Create<double>(name, values, values.Length));
        var w = graph.Constant(Initializer.Create<double>("w", [1, 2, 3, 4], 2, 2));
        var y = graph.Op("BatchNormalization", graph.Op("Gemm", x, w), Vector("s", 2, 3), Vector("b", 1, 1), Vector("m", 0, 1), Vector("v", 1, 4));
        var result = _pass.Apply(graph.Output(y, ElementType.Double, "batch", 2).Build());
        Assert.All(result.Model.Graph.Nodes[0].Inputs.Skip(1), i => Assert.Equal(ElementType.Double, result.Model.Graph.Initializers[i].ElementType));
        var feed = Initializer.Create<double>("x", [1, -2], 1, 2);
        PassAssert.SameOutputs(Reference.Run(graph.Build(), [feed]), Reference.Run(result.Model, [feed]), 1e-12);
    }
}
