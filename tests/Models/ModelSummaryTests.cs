using OnnxPipeline.Models.Layers;
using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Models.Tests;

public sealed class ModelSummaryTests
{
    [Fact]
    public void Parameters_and_multiply_adds_of_an_mlp_are_those_of_its_matrices()
    {
        var summary = ModelSummary.Of(ModelRegistry.Build(new MlpOptions { Hidden = [128, 64] }, new ImageModelInput(1, 28, 28), 10, 0));
        Assert.Equal((784 * 128) + 128 + (128 * 64) + 64 + (64 * 10) + 10, summary.Parameters);
        Assert.Equal((784 * 128) + (128 * 64) + (64 * 10), summary.MultiplyAdds);
        Assert.Equal(summary.Parameters * 4, summary.WeightBytes);
    }

    [Fact]
    public void Rows_follow_the_layers()
    {
        var g = new GraphBuilder("net");
        var x = g.Input("x", ElementType.Float, "batch", 4, 8, 8);
        x = g.BatchNorm2d(g.Conv2d(x, 6, kernel: 3, stride: 2, padding: 1, groups: 2));
        g.Output(g.Gelu(x), "y");
        var summary = ModelSummary.Of(g.Build());
        Assert.Equal(["conv1", "bn1"], summary.Rows.Take(2).Select(r => r.Name));
        var conv = summary.Rows[0];
        Assert.Equal(("Conv", "Float[batch,6,4,4]", (6 * 2 * 9) + 6, 6 * 16 * 2 * 9), (conv.OpType, conv.Output.ToString(), conv.Parameters, conv.MultiplyAdds));
        Assert.Equal((12, 0), (summary.Rows[1].Parameters, summary.Rows[1].MultiplyAdds));
        Assert.DoesNotContain(summary.Rows, r => r.OpType == "Constant");
        Assert.Equal(4 * ((6 * 2 * 9) + 6 + 24), summary.WeightBytes);
    }

    [Fact]
    public void A_weight_used_twice_counts_once_but_both_products_cost()
    {
        var g = new GraphBuilder("net");
        var weight = g.Initializer(Initializer.Zeros("tied", ElementType.Float, 4, 4));
        var x = g.Input("x", ElementType.Float, "batch", 3, 4);
        g.Output(g.Node("MatMul", [g.Node("MatMul", [x, weight]), weight]), "y");
        var summary = ModelSummary.Of(g.Build());
        Assert.Equal((16, 2 * 3 * 16), (summary.Parameters, summary.MultiplyAdds));
    }

    [Fact]
    public void Transposed_products_count_the_right_axis()
    {
        var g = new GraphBuilder("net");
        var x = g.Input("x", ElementType.Float, 7, 2);
        g.Output(g.Node("FusedMatMul", [x, g.Input("w", ElementType.Float, 3, 7)], [("transA", 1), ("transB", 1)], domain: Domains.Microsoft), "a");
        g.Output(g.Node("Gemm", [x, g.Value("w")], [("transA", 1), ("transB", 1)]), "b");
        Assert.Equal(2 * (2 * 7 * 3), ModelSummary.Of(g.Build()).MultiplyAdds);
    }
}
