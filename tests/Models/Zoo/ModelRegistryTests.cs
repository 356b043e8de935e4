using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Models.Tests.Zoo;

public sealed class ModelRegistryTests
{
    private static readonly ImageModelInput Mnist = new(1, 28, 28) { Mean = [0.2860f], Std = [0.3530f] };

    private static readonly ModelOptions[] Options =
    [
        new MlpOptions(),
        new MlpOptions { Hidden = [], Activation = Activation.None },
        new MlpOptions { Hidden = [16, 16], Activation = Activation.Gelu, BatchNorm = true, Dropout = 0.3, Init = Initialization.KaimingNormal },
        new CnnOptions(),
        new CnnOptions { Channels = [[8], [16]], Activation = Activation.LeakyRelu, BatchNorm = false, Dropout = 0.2, Hidden = 32, Init = Initialization.XavierUniform },
        new CnnOptions { Channels = [[4]], Activation = Activation.Tanh, GlobalPool = true, Init = Initialization.Zeros },
        new MlpOptions { Depth = 3, Width = 8, BatchNorm = true, BatchNormOrder = Placement.AfterActivation, Dropout = 0.5, DropoutOrder = Placement.BeforeActivation },
        new LogisticOptions { Init = Initialization.Zeros },
        new ResidualMlpOptions { Blocks = 3, Inner = 7, BatchNorm = true, Dropout = 0.1 },
        new BlockCnnOptions { Filters = [4, 6, 8], Kernels = [1, 3, 5, 7, 3, 1], PoolEvery = 4, Dropout = 0.1, BatchNorm = true, Hidden = [] },
        new BlockCnnOptions { Filters = [4], Stride = 2, Padding = 0, Dilation = 2, Pool = Pooling.Average, PoolKernel = 3, PoolStride = 1, PoolPadding = 1 },
        new ResNetOptions { Filters = [4, 8], LayersPerFilter = 3, PoolEvery = 2, Dropout = 0.1 },
        new ResNetOptions { Filters = [4, 8], Kernels = [5], Bottleneck = true, BatchNorm = false, Activation = Activation.LeakyRelu, LeakySlope = 0.1, Hidden = [] },
        new ResNet18Options { Width = 0.05 },
        new RegularizedCnnOptions { Widths = [4, 8], Dropouts = [0, 0.5], ConvsPerBlock = 1, HeadDropout = 0 },
        new AirbenchOptions { Widths = [8, 16], ConvsPerGroup = 3 },
        new AirbenchOptions { Widths = [16, 8], TrainWhitening = true },
    ];

    public static TheoryData<int> Indices => [.. Enumerable.Range(0, Options.Length)];

    [Theory]
    [MemberData(nameof(Indices))]
    public void A_model_is_sound_and_runs_on_bytes_in_ONNX_Runtime(int index)
    {
        var model = ModelRegistry.Build(Options[index], Mnist, classes: 10, seed: 1);
        Assert.Empty(GraphValidator.Check(model));
        Assert.Equal("UInt8[batch,1,28,28]", model.Graph.Input("image")!.Type.ToString());
        Assert.Equal("Float[batch,10]", model.Graph.Output("logits")!.Type.ToString());
        Assert.Equal("Float[3,10]", OrtRun.Types(model, batch: 3)["logits"].ToString());
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_does_not()
    {
        byte[] Bytes(ulong seed) => ModelRegistry.Build(new CnnOptions(), Mnist, 10, seed).ToBytes();
        Assert.Equal(Bytes(7), Bytes(7));
        Assert.NotEqual(Bytes(7), Bytes(8));
    }

    [Fact]
    public void Entries_build_from_their_default_options()
    {
        foreach (var entry in ModelRegistry.Entries)
        {
            Assert.Same(entry, ModelRegistry.Find(entry.Name));
            Assert.IsType(entry.OptionsType, entry.Defaults);
            if (entry.Defaults is OnnxModelOptions) continue; // It needs a file.
            Assert.NotEmpty(ModelRegistry.Build(entry.Defaults, entry.Defaults is TabularOptions ? new TableModelInput(3, [4]) : Mnist, 10, 0).Graph.Nodes);
        }
    }

    [Fact]
    public void An_unknown_model_lists_those_there_are() =>
        Assert.Contains("mlp, cnn, logistic", Assert.Throws<ArgumentException>(() => ModelRegistry.Find("resnet9000")).Message, StringComparison.Ordinal);

    [Fact]
    public void Poolings_that_shrink_the_image_to_nothing_are_an_error_that_names_the_pooling()
    {
        var options = new CnnOptions { Channels = [[4], [4], [4], [4], [4]] };
        var error = Assert.Throws<ModelOptionsException>(() => ModelRegistry.Build(options, Mnist, 10, 0));
        Assert.Contains("1x28x28", error.Message, StringComparison.Ordinal);
        Assert.Contains("maxpool5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_wrong_option_is_reported_at_once()
    {
        var options = new CnnOptions { Channels = [[8, 0], []], Dropout = 1, Hidden = -1 };
        var error = Assert.Throws<ModelOptionsException>(() => ModelRegistry.Build(options, new ImageModelInput(0, 28, 28), 0, 0));
        Assert.Equal(6, error.Errors.Count);
        Assert.Contains("dropout must be in [0, 1), but is 1", error.Errors);
    }

    [Fact]
    public void Wrong_options_of_an_mlp_are_reported() =>
        Assert.Equal(2, Assert.Throws<ModelOptionsException>(() => ModelRegistry.Build(new MlpOptions { Hidden = [-3], Dropout = double.NaN }, Mnist, 10, 0)).Errors.Count);

    [Fact]
    public void Means_for_other_channels_do_not_fit() =>
        Assert.Contains("3 means", Assert.Throws<ModelOptionsException>(() => ModelRegistry.Build(new MlpOptions(), new ImageModelInput(3, 8, 8) { Mean = [0.5f] }, 10, 0)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("1x28x28", "images of 1x28x28")]
    [InlineData("3x32x16", "images of 3x32x16")]
    [InlineData("10", "rows of 10 numbers")]
    [InlineData("10+4,40", "rows of 10 numbers and 2 categories (4, 40)")]
    [InlineData("0+4", "rows of 0 numbers and 1 categories (4)")]
    [InlineData("28x28", null)]
    [InlineData("0x28x28", null)]
    [InlineData("1x-2x28", null)]
    [InlineData("1x28x28x3", null)]
    [InlineData("0", null)]
    [InlineData("10+", null)]
    [InlineData("10+4+4", null)]
    [InlineData("10+0", null)]
    [InlineData("", null)]
    public void An_input_is_read_from_text(string text, string? expected)
    {
        if (expected is not null) Assert.Equal(expected, ModelInput.Parse(text).ToString());
        else Assert.Throws<FormatException>(() => ModelInput.Parse(text));
    }

    [Fact]
    public void A_table_is_prepared_inside_the_graph()
    {
        // No hidden layer and weights of the identity: what comes out is what the layers see.
        var model = ModelRegistry.Build(new MlpOptions { Hidden = [] }, new TableModelInput(2, [3]) { Mean = [10, -1], Std = [2, 4] }, 4, 0);
        var weight = model.Graph.Initializers["head.weight"].Span<float>();
        for (var i = 0; i < weight.Length; i++) weight[i] = i % 4 == i / 4 ? 1 : 0;
        model.Graph.Initializers["head.bias"].Span<float>().Clear();

        var seen = OrtRun.Run(model, ("numeric", new[] { 14f, float.NaN, 8f, 3f, 10f, -1f }, [3, 2]), ("categorical", new[] { 1L, 2L, 0L }, [3, 1]));
        Assert.Equal([2f, 0, 1, 0, -1, 1, 0, 1, 0, 0, 0, 0], seen["logits"]);
    }

    [Fact]
    public void A_value_comes_out_in_the_targets_own_units()
    {
        var model = ModelRegistry.Build(new MlpOptions { Hidden = [] }, new TableModelInput(1, []), ModelOutput.Value(200, 50), 0);
        model.Graph.Initializers["head.weight"].Span<float>()[0] = 2;
        model.Graph.Initializers["head.bias"].Span<float>()[0] = 1;
        Assert.Equal([350f], OrtRun.Run(model, ("numeric", new[] { 1f }, [1, 1]))["prediction"]);
    }

    [Fact]
    public void A_model_of_images_refuses_a_table() =>
        Assert.Contains("takes images", Assert.Throws<ModelOptionsException>(() => ModelRegistry.Build(new CnnOptions(), new TableModelInput(3, []), 10, 0)).Message, StringComparison.Ordinal);
}
