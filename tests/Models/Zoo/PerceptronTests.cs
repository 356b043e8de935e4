using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Models.Tests.Zoo;

public sealed class PerceptronTests
{
    private static readonly ImageModelInput Images = new(1, 4, 4);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void Depth_and_width_are_short_for_as_many_equal_hidden_layers(int depth)
    {
        var shorthand = ModelRegistry.Build(new MlpOptions { Depth = depth, Width = 8 }, Images, 3, seed: 5);
        var written = ModelRegistry.Build(new MlpOptions { Hidden = [.. Enumerable.Repeat(8, depth)] }, Images, 3, seed: 5);
        Assert.Equal(written.ToBytes(), shorthand.ToBytes());
    }

    [Theory]
    [InlineData(Placement.BeforeActivation, Placement.BeforeActivation, "BatchNormalization Dropout Relu")]
    [InlineData(Placement.BeforeActivation, Placement.AfterActivation, "BatchNormalization Relu Dropout")]
    [InlineData(Placement.AfterActivation, Placement.BeforeActivation, "Dropout Relu BatchNormalization")]
    [InlineData(Placement.AfterActivation, Placement.AfterActivation, "Relu BatchNormalization Dropout")]
    public void Layers_stand_where_the_options_put_them(Placement batchNorm, Placement dropout, string expected)
    {
        var options = new MlpOptions { Hidden = [8], BatchNorm = true, BatchNormOrder = batchNorm, Dropout = 0.5, DropoutOrder = dropout };
        var graph = ModelRegistry.Build(options, Images, 3, seed: 1).Graph;
        var operators = graph.Nodes.Where(n => !n.Is(Ops.Constant)).Select(n => n.OpType).SkipWhile(o => o != Ops.Gemm);
        Assert.Equal($"Gemm {expected} Gemm", string.Join(" ", operators));
        Assert.Equal(batchNorm == Placement.AfterActivation, graph.Initializers.Contains("linear1.bias"));
    }

    [Fact]
    public void Two_layers_without_activation_are_two_products()
    {
        var graph = ModelRegistry.Build(new MlpOptions { Hidden = [8], Activation = Activation.None }, Images, 3, seed: 1).Graph;
        Assert.Equal([Ops.Gemm, Ops.Gemm], graph.Nodes.Select(n => n.OpType).SkipWhile(o => o != Ops.Gemm));
    }

    [Theory]
    [InlineData(3, null, "only depth is given")]
    [InlineData(null, 3, "only width is given")]
    [InlineData(-1, 0, "depth must be at least 0, but is -1; width must be at least 1, but is 0")]
    public void Depth_and_width_belong_together(int? depth, int? width, string expected) =>
        Assert.Contains(expected, Error(new MlpOptions { Depth = depth, Width = width }).Message, StringComparison.Ordinal);

    [Fact]
    public void Hidden_layers_are_given_one_way_only() =>
        Assert.Contains("give one or the other", Error(new MlpOptions { Hidden = [3], Depth = 1, Width = 3 }).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_wrong_option_of_a_residual_mlp_is_reported() =>
        Assert.Equal(4, Error(new ResidualMlpOptions { Width = 0, Blocks = -1, Inner = 0, Dropout = 1 }).Errors.Count);

    [Fact]
    public void A_residual_mlp_whose_blocks_give_nothing_is_its_stem_and_head()
    {
        var deep = ModelRegistry.Build(new ResidualMlpOptions { Width = 5, Blocks = 2 }, Images, 3, seed: 4);
        foreach (var name in new[] { "linear2", "linear4" })
        {
            deep.Graph.Initializers[$"{name}.weight"].Span<float>().Clear();
            deep.Graph.Initializers[$"{name}.bias"].Span<float>().Clear();
        }
        var shallow = ModelRegistry.Build(new ResidualMlpOptions { Width = 5, Blocks = 0 }, Images, 3, seed: 4);
        Assert.Equal(OrtRun.OnBytes(shallow, ImagePixels), OrtRun.OnBytes(deep, ImagePixels));
    }

    private static readonly byte[] ImagePixels = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 8))];

    private static ModelOptionsException Error(ModelOptions options) => Assert.Throws<ModelOptionsException>(() => ModelRegistry.Build(options, Images, 3, seed: 1));
}
