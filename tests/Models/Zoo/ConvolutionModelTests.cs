using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Models.Tests.Zoo;

public sealed class ConvolutionModelTests
{
    private static readonly ImageModelInput Cifar = new(3, 32, 32);

    [Theory]
    [InlineData(4, 2, "32 32 P 32 32 P 64 64 P 64 64 P")]
    [InlineData(1, 1, "32 P 64 P")]
    [InlineData(3, 4, "32 32 32 64 P 64 64")]
    [InlineData(2, 9, "32 32 64 64")]
    public void Convolutions_repeat_each_filter_and_full_groups_are_pooled(int layers, int poolEvery, string expected)
    {
        var model = ModelRegistry.Build(new BlockCnnOptions { Filters = [32, 64], LayersPerFilter = layers, PoolEvery = poolEvery }, Cifar, 10, seed: 1);
        Assert.Equal(expected, Layout(model));
    }

    [Fact]
    public void Poolings_that_leave_nothing_of_the_image_are_an_error_that_names_the_first_of_them()
    {
        var error = Error(new BlockCnnOptions { Filters = [8], LayersPerFilter = 16 }, Cifar);
        Assert.Contains("does not fit images of 3x32x32", error.Message, StringComparison.Ordinal);
        Assert.Contains("maxpool6", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_projection_stands_where_a_block_changes_the_channels_and_nowhere_else()
    {
        var model = ModelRegistry.Build(new ResNetOptions { Filters = [8, 8, 16] }, Cifar, 10, seed: 1);
        Assert.Equal(["projection1.weight", "projection2.weight"], model.Graph.Initializers.Select(i => i.Name).Where(n => n.StartsWith("projection", StringComparison.Ordinal) && !n.Contains(".bn", StringComparison.Ordinal)));
        Assert.Equal([16, 8, 1, 1], model.Graph.Initializers["projection2.weight"].Dims);
        Assert.DoesNotContain("projection1.bias", model.Graph.Initializers.Select(i => i.Name));
        Assert.Equal(3, model.Graph.Nodes.Count(n => n.Is(Ops.Add)));
    }

    [Fact]
    public void A_bottleneck_narrows_and_widens_with_1x1_kernels()
    {
        var model = ModelRegistry.Build(new ResNetOptions { Filters = [32, 64], LayersPerFilter = 1, Kernels = [3, 5], Bottleneck = true }, Cifar, 10, seed: 1);
        Assert.Equal(["8x1", "8x3", "16x5", "64x1"], Enumerable.Range(1, 4).Select(i => model.Graph.Initializers[$"conv{i}.weight"].Dims).Select(d => $"{d[0]}x{d[2]}"));
    }

    [Fact]
    public void Every_wrong_option_of_convolution_blocks_is_reported()
    {
        var options = new BlockCnnOptions
        {
            Filters = [], LayersPerFilter = 0, PoolEvery = 0, Kernels = [0], LeakySlope = -1, Dropout = 1, PoolKernel = 2, PoolStride = 0, PoolPadding = 2, Hidden = [0], Stride = 0, Padding = -1, Dilation = 0,
        };
        Assert.Equal(12, Error(options, Cifar).Errors.Count);
        Assert.Contains("kernels must be one for all or one for each of the 4 convolutions, but are 3", Error(new BlockCnnOptions { Kernels = [3, 3, 3] }, Cifar).Errors);
    }

    [Fact]
    public void A_residual_block_needs_odd_kernels() =>
        Assert.Contains("kernels must be odd", Error(new ResNetOptions { Kernels = [4] }, Cifar).Message, StringComparison.Ordinal);

    [Fact]
    public void Resnet18_has_as_many_parameters_as_its_well_known_form_for_small_images() =>
        Assert.Equal(11_173_962, ModelSummary.Of(ModelRegistry.Build(new ResNet18Options(), Cifar, 10, seed: 1)).Parameters);

    [Fact]
    public void Dropout_of_a_regularized_cnn_is_given_block_by_block()
    {
        var model = ModelRegistry.Build(new RegularizedCnnOptions { Dropouts = [0, 0.25, 0.5], HeadDropout = 0.75 }, Cifar, 10, seed: 1);
        Assert.Equal([0.25f, 0.5f, 0.75f], model.Graph.Nodes.Where(n => n.Is(Ops.Constant) && n.Name.EndsWith(".ratio", StringComparison.Ordinal)).Select(n => n.Tensor("value")!.Span<float>()[0]));
        Assert.Equal(5, Error(new RegularizedCnnOptions { Widths = [0], ConvsPerBlock = 0, Dropouts = [1, 0], HeadDropout = -1 }, Cifar).Errors.Count);
    }

    private static string Layout(Model model) => string.Join(" ", model.Graph.Nodes.Where(n => n.Is(Ops.Conv) || n.Is(Ops.MaxPool))
        .Select(n => n.Is(Ops.MaxPool) ? "P" : $"{model.Graph.Initializers[n.Inputs[1]].Dims[0]}"));

    private static ModelOptionsException Error(ModelOptions options, ImageModelInput input) => Assert.Throws<ModelOptionsException>(() => ModelRegistry.Build(options, input, 10, seed: 1));
}
