using OnnxPipeline.Export.Passes;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Tests.Passes;

public sealed class FoldNormalizationTests
{
    private readonly FoldNormalization _pass = new();

    [Fact]
    public void Pixel_normalization_before_an_unpadded_convolution_folds_whole()
    {
        var result = PassAssert.Rewrites(_pass, Normalized(3, pad: 0));
        Assert.Equal(["Cast", "Conv"], result.Model.Graph.Nodes.Select(n => n.OpType));
    }

    [Fact]
    public void Before_a_padded_convolution_the_factor_folds_and_the_shift_stays()
    {
        var result = PassAssert.Rewrites(_pass, Normalized(3, pad: 1));
        Assert.Equal(["Cast", "Sub", "Conv"], result.Model.Graph.Nodes.Select(n => n.OpType));
        Assert.Contains("which pads with zeros", Assert.Single(result.Report.Declined).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SAME_UPPER")]
    [InlineData("SAME_LOWER")]
    public void Automatic_padding_counts_as_padding(string padding)
    {
        var graph = new TestModel();
        var x = graph.Op("Sub", graph.Input("x", ElementType.Float, "batch", 2, 6, 6), graph.Floats("mean", [0.5f]));
        var y = graph.Op("Conv", n => n.Set("auto_pad", padding), x, graph.Weight("w", 4, 2, 3, 3));
        PassAssert.Declines(_pass, graph.Output(y, ElementType.Float, "batch", 4, 6, 6).Build(), "which pads with zeros");
    }

    [Fact]
    public void Before_a_flatten_and_a_gemm_it_folds_whole()
    {
        var graph = new TestModel();
        var x = graph.Op("Cast", n => n.Set("to", 1L), graph.Input("image", ElementType.UInt8, "batch", 3, 4, 5));
        x = graph.Op("Mul", graph.Op("Sub", x, graph.Floats("mean", [120, 125, 130], 1, 3, 1, 1)), graph.Floats("scale", [0.02f, 0.03f, 0.01f], 1, 3, 1, 1));
        var y = graph.Gemm(graph.Op("Flatten", x), 60, 7);
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 7).Build());
        Assert.Equal(["Cast", "Flatten", "Gemm"], result.Model.Graph.Nodes.Select(n => n.OpType));
    }

    [Fact]
    public void Every_form_of_the_four_operations_folds()
    {
        var graph = new TestModel();
        var x = graph.Input("x", ElementType.Float, "batch", 6);
        x = graph.Op("Sub", graph.Weight("one", 6), graph.Op("Add", x, graph.Weight("two", 1, 6)));
        x = graph.Op("Div", graph.Op("Mul", graph.Weight("three", 1), x), graph.Uniform("four", 1, 2, 6));
        var y = graph.Op("Gemm", n => n.Set("alpha", 0.5f).Set("beta", 2f), x, graph.Weight("w", 6, 3), graph.Weight("b", 3));
        var result = PassAssert.Rewrites(_pass, graph.Output(y, ElementType.Float, "batch", 3).Build());
        Assert.Equal(["Gemm"], result.Model.Graph.Nodes.Select(n => n.OpType));
    }

    [Fact]
    public void Division_by_zero_is_left_as_it_is()
    {
        var graph = new TestModel();
        var x = graph.Op("Div", graph.Input("x", ElementType.Float, "batch", 2), graph.Floats("d", [1, 0], 2));
        PassAssert.Declines(_pass, graph.Output(graph.Gemm(x, 2, 2), ElementType.Float, "batch", 2).Build(), "channel 1 has no finite factor");
    }

    [Fact]
    public void A_constant_that_widens_one_channel_to_three_is_left()
    {
        var graph = new TestModel();
        var x = graph.Op("Mul", graph.Input("x", ElementType.Float, "batch", 1, 4, 4), graph.Floats("scale", [1, 2, 3], 1, 3, 1, 1));
        PassAssert.Declines(_pass, graph.Output(graph.Conv(x, 3, 2), ElementType.Float, "batch", 2, 4, 4).Build(), "is not one value for each");
    }

    [Fact]
    public void A_constant_that_varies_by_position_is_left()
    {
        var graph = new TestModel();
        var x = graph.Op("Mul", graph.Input("x", ElementType.Float, "batch", 2, 4, 4), graph.Weight("scale", 4));
        PassAssert.Declines(_pass, graph.Output(graph.Conv(x, 2, 2), ElementType.Float, "batch", 2, 4, 4).Build(), "is not one value for each");
    }

    [Fact]
    public void A_gemm_that_transposes_its_input_is_left()
    {
        var graph = new TestModel();
        var x = graph.Op("Mul", graph.Input("x", ElementType.Float, 5, 5), graph.Weight("scale", 5));
        var y = graph.Op("Gemm", n => n.Set("transA", 1L), x, graph.Weight("w", 5, 3));
        PassAssert.Declines(_pass, graph.Output(y, ElementType.Float, 5, 3).Build(), "transposes its input");
    }

    [Fact]
    public void Data_of_unknown_shape_is_left()
    {
        var graph = new TestModel();
        var all = graph.Op("Cast", n => n.Set("to", (long)ElementType.Bool), graph.Uniform("all", 1, 2, 4));
        var x = graph.Op("Mul", graph.Op("Compress", n => n.Set("axis", 3), graph.Input("x", ElementType.Float, "batch", 2, 4, 4), all), graph.Floats("scale", [2]));
        PassAssert.Declines(_pass, graph.Output(graph.Conv(x, 2, 2), ElementType.Float, "batch", 2, 4, 4).Build(), "is not known");
    }

    private static Model Normalized(int channels, int pad)
    {
        var graph = new TestModel();
        var x = graph.Op("Cast", n => n.Set("to", 1L), graph.Input("image", ElementType.UInt8, "batch", channels, 8, 8));
        var mean = graph.Uniform("mean", 100, 150, 1, channels, 1, 1);
        x = graph.Op("Mul", graph.Op("Sub", x, mean), graph.Uniform("scale", 0.01f, 0.02f, 1, channels, 1, 1));
        return graph.Output(graph.Conv(x, channels, 4, pad: pad), ElementType.Float, "batch", 4, 6 + 2 * pad, 6 + 2 * pad).Build();
    }
}
