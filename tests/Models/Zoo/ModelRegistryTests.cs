using OnnxPipeline.Models.Zoo;

namespace OnnxPipeline.Models.Tests.Zoo;

public sealed class ModelRegistryTests
{
    private static readonly ModelInput Mnist = new(1, 28, 28) { Mean = [0.2860f], Std = [0.3530f] };

    private static readonly ModelOptions[] Options =
    [
        new MlpOptions(),
        new MlpOptions { Hidden = [], Activation = Activation.None },
        new MlpOptions { Hidden = [16, 16], Activation = Activation.Gelu, BatchNorm = true, Dropout = 0.3, Init = Initialization.KaimingNormal },
        new CnnOptions(),
        new CnnOptions { Channels = [[8], [16]], Activation = Activation.LeakyRelu, BatchNorm = false, Dropout = 0.2, Hidden = 32, Init = Initialization.XavierUniform },
        new CnnOptions { Channels = [[4]], Activation = Activation.Tanh, GlobalPool = true, Init = Initialization.Zeros },
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
            Assert.NotEmpty(ModelRegistry.Build(entry.Defaults, Mnist, 10, 0).Graph.Nodes);
        }
    }

    [Fact]
    public void An_unknown_model_lists_those_there_are() =>
        Assert.Contains("mlp, cnn", Assert.Throws<ArgumentException>(() => ModelRegistry.Find("resnet9000")).Message, StringComparison.Ordinal);

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
        var error = Assert.Throws<ModelOptionsException>(() => ModelRegistry.Build(options, new ModelInput(0, 28, 28), 0, 0));
        Assert.Equal(6, error.Errors.Count);
        Assert.Contains("dropout must be in [0, 1), but is 1", error.Errors);
    }

    [Fact]
    public void Wrong_options_of_an_mlp_are_reported() =>
        Assert.Equal(2, Assert.Throws<ModelOptionsException>(() => ModelRegistry.Build(new MlpOptions { Hidden = [-3], Dropout = double.NaN }, Mnist, 10, 0)).Errors.Count);

    [Fact]
    public void Means_for_other_channels_do_not_fit() =>
        Assert.Contains("3 means", Assert.Throws<ModelOptionsException>(() => ModelRegistry.Build(new MlpOptions(), new ModelInput(3, 8, 8) { Mean = [0.5f] }, 10, 0)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("1x28x28", true)]
    [InlineData("3x32x16", true)]
    [InlineData("28x28", false)]
    [InlineData("0x28x28", false)]
    [InlineData("1x-2x28", false)]
    [InlineData("1x28x28x3", false)]
    [InlineData("", false)]
    public void An_image_size_is_read_from_text(string text, bool valid)
    {
        if (valid) Assert.Equal(text, ModelInput.Parse(text).ToString());
        else Assert.Throws<FormatException>(() => ModelInput.Parse(text));
    }
}
