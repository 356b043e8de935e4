using OnnxPipeline.Models;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Training.FineTuning;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.Tests.FineTuning;

public sealed class FineTuningTests : IDisposable
{
    private static readonly TrainOptions Options = new() { Epochs = 3, BatchSize = 40, Optimizer = new SgdOptions { LearningRate = 0.05 }, KeepBest = false, Threads = 1 };

    private readonly ShortTrainings _trainings = new();

    public void Dispose() => _trainings.Dispose();

    [Fact]
    public void Layers_come_in_the_order_in_which_data_pass_them_with_what_follows_each()
    {
        Assert.Equal([["fc1.weight", "bn.scale", "bn.bias"], ["fc2.weight", "fc2.bias"]], LayerOrder.Of(ShortTrainings.Perceptron().Graph));
        var model = ModelRegistry.Build(new ResNet18Options { Width = 0.1 }, new ImageModelInput(3, 32, 32), 10, seed: 1);
        var layers = LayerOrder.Of(model.Graph);
        Assert.Equal(Trainables.Of(model.Graph).Select(t => t.Name).Order(), layers.SelectMany(l => l).Order());
        Assert.Equal(21, layers.Count); // 17 convolutions of 3x3, 3 of 1x1, and the head.
        Assert.Equal(["head.weight", "head.bias"], layers[^1]);
        Assert.All(layers, layer => Assert.Single(layer, name => model.Graph.Initializers[name].Dims.Count > 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_linear_probe_leaves_every_byte_but_the_heads(bool device)
    {
        var before = ShortTrainings.Perceptron();
        var after = _trainings.Train(Options with { FineTune = new FineTuneOptions { TrainLast = 1 } }, device, ShortTrainings.Perceptron()).Model;
        foreach (var tensor in before.Graph.Initializers)
            Assert.Equal(!tensor.Name.StartsWith("fc2", StringComparison.Ordinal), tensor.Bytes.Span.SequenceEqual(after.Graph.Initializers[tensor.Name].Bytes.Span));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Frozen_batch_normalisation_works_by_its_running_statistics_and_keeps_them(bool device)
    {
        var before = ShortTrainings.Perceptron();
        var after = _trainings.Train(Options with { FineTune = new FineTuneOptions { BatchNorm = BatchNormTuning.Frozen } }, device, ShortTrainings.Perceptron()).Model;
        foreach (var name in new[] { "bn.scale", "bn.bias", "bn.mean", "bn.variance" })
            Assert.True(before.Graph.Initializers[name].Bytes.Span.SequenceEqual(after.Graph.Initializers[name].Bytes.Span), name);
        Assert.False(before.Graph.Initializers["fc1.weight"].Bytes.Span.SequenceEqual(after.Graph.Initializers["fc1.weight"].Bytes.Span));
        var node = TrainingGraph.Build(before, null, freeze: ["bn.*"]).Model.Graph.Nodes.First(n => n.Is(Ops.BatchNormalization));
        Assert.Equal(0, node.Int("training_mode", 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Layers_join_one_after_the_other_from_the_head_on(bool device)
    {
        var options = Options with { FineTune = new FineTuneOptions { TrainLast = 1, UnfreezeEvery = 2 } };
        var before = ShortTrainings.Perceptron().Graph.Initializers["fc1.weight"];
        Initializer After(int epochs) => _trainings.Train(options with { Epochs = epochs }, device, ShortTrainings.Perceptron()).Model.Graph.Initializers["fc1.weight"];
        Assert.True(before.Bytes.Span.SequenceEqual(After(2).Bytes.Span));
        Assert.False(before.Bytes.Span.SequenceEqual(After(3).Bytes.Span));
    }

    [Fact]
    public void Rates_fall_from_layer_to_layer_and_are_factors_on_those_of_groups()
    {
        var model = ModelRegistry.Build(new MlpOptions { Hidden = [8, 8] }, new ImageModelInput(1, 4, 4), 3, seed: 1);
        var groups = (Options with
        {
            FineTune = new FineTuneOptions { LayerDecay = 0.5, HeadRate = 10 },
            Groups = [new GroupOptions { Match = "*.bias", LearningRate = 2, WeightDecay = 0 }],
        }).For(model).Groups;
        double[] rates = [.. groups.Select(g => g.LearningRate)];
        Assert.Equal([0.25, 0.5, 0.5, 1, 10, 20], rates);
        Assert.All(groups, g => Assert.Equal(g.Match.EndsWith("bias", StringComparison.Ordinal) ? 0 : null, g.WeightDecay));
    }

    [Fact]
    public void Names_with_wild_cards_stand_for_themselves()
    {
        Assert.True(NameGlob.Matches(NameGlob.Escape(@"a*b?c\d"), @"a*b?c\d"));
        Assert.False(NameGlob.Matches(NameGlob.Escape("a*b"), "axb"));
    }

    [Fact]
    public void More_layers_than_there_are_mean_all_and_a_pattern_of_no_parameter_is_an_error()
    {
        Assert.Empty((Options with { FineTune = new FineTuneOptions { TrainLast = 100 } }).For(ShortTrainings.Perceptron()).Freeze);
        Assert.Contains("'nothing'", Assert.Throws<TrainingException>(() => (Options with { FineTune = new FineTuneOptions(), Freeze = ["nothing"] }).For(ShortTrainings.Perceptron())).Message, StringComparison.Ordinal);
    }
}
