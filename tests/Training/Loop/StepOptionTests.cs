using OnnxPipeline.Training.Loop;
using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Schedules;

namespace OnnxPipeline.Training.Tests;

/// <summary>What accumulation, batch sizes, groups, frozen parameters, penalties and the monitored figure do to a training.</summary>
public sealed class StepOptionTests : IDisposable
{
    private static readonly TrainOptions Plain = ShortTrainings.Variants["plain"] with { KeepBest = false };
    private readonly ShortTrainings _trainings = new();

    public void Dispose() => _trainings.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Four_accumulated_batches_are_one_of_four_times_the_size(bool device)
    {
        var options = Plain with { ClipNorm = 0.5, Penalty = new PenaltyOptions { L1 = 1e-3, L2 = 1e-3 } };
        var large = _trainings.Train(options with { BatchSize = 80 }, device, ShortTrainings.WithoutBatchNorm());
        var parts = _trainings.Train(options with { BatchSize = 20, Accumulate = 4 }, device, ShortTrainings.WithoutBatchNorm());

        ShortTrainings.AssertClose(large.Model, parts.Model, 1e-5);
        foreach (var (expected, actual) in large.Progress.History.Zip(parts.Progress.History))
        {
            Assert.Equal(expected.Steps, actual.Steps);
            Assert.Equal(expected.LearningRate, actual.LearningRate);
            Assert.Equal(expected.TrainLoss, actual.TrainLoss, 1e-5);
        }
    }

    [Fact]
    public void Batches_left_over_at_an_epochs_end_make_no_step()
    {
        var result = _trainings.Train(Plain with { BatchSize = 30, Accumulate = 4, Epochs = 2 });
        Assert.Equal([3L, 6L], result.Progress.History.Select(m => m.Steps));
    }

    [Fact]
    public void More_batches_a_step_than_there_are_is_refused_with_what_to_do()
    {
        var error = Assert.Throws<TrainingException>(() => _trainings.Train(Plain with { BatchSize = 200, Accumulate = 3 }));
        Assert.Contains("a step takes 3 batches, but the training samples make 2 of 200", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_batch_size_of_0_takes_all_samples_at_once()
    {
        var full = _trainings.Train(Plain with { BatchSize = 0, Epochs = 2 });
        Assert.Equal([1L, 2L], full.Progress.History.Select(m => m.Steps));
        Assert.Equal(_trainings.Train(Plain with { BatchSize = 400, Epochs = 2 }).Model.ToBytes(), full.Model.ToBytes());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_groups_factor_decay_and_last_epoch_hold_for_its_parameters_alone(bool device)
    {
        var options = Plain with { Optimizer = new SgdOptions { LearningRate = 1e-3 }, BatchSize = 0, Epochs = 1 };
        var before = ShortTrainings.Perceptron(dropout: 0).Graph.Initializers;
        var plain = _trainings.Train(options, device, ShortTrainings.Perceptron(dropout: 0)).Model.Graph.Initializers;
        var grouped = _trainings.Train(options with { Groups = [new GroupOptions { Match = "fc2.b*", LearningRate = 64 }, new GroupOptions { Match = "*.bias", LearningRate = 0 }, new GroupOptions { Match = "bn.scale", WeightDecay = 0.5 }] }, device, ShortTrainings.Perceptron(dropout: 0)).Model.Graph.Initializers;

        for (var i = 0; i < 4; i++) Assert.Equal(64 * plain["fc2.bias"].Span<float>()[i], grouped["fc2.bias"].Span<float>()[i], 1e-6);
        Assert.True(before["bn.bias"].Span<float>().SequenceEqual(grouped["bn.bias"].Span<float>()));
        for (var i = 0; i < 16; i++) Assert.Equal(plain["bn.scale"].Span<float>()[i] - 1e-3 * 0.5, grouped["bn.scale"].Span<float>()[i], 1e-6);
        Assert.True(plain["fc1.weight"].Span<float>().SequenceEqual(grouped["fc1.weight"].Span<float>()));

        var until = options with { Groups = [new GroupOptions { Match = "bn.*", UntilEpoch = 2 }] };
        var two = _trainings.Train(until with { Epochs = 2 }, device).Model.Graph.Initializers;
        var four = _trainings.Train(until with { Epochs = 4 }, device).Model.Graph.Initializers;
        Assert.False(before["bn.bias"].Span<float>().SequenceEqual(two["bn.bias"].Span<float>()));
        Assert.True(two["bn.bias"].Span<float>().SequenceEqual(four["bn.bias"].Span<float>()));
        Assert.False(two["fc1.weight"].Span<float>().SequenceEqual(four["fc1.weight"].Span<float>()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Frozen_parameters_keep_their_bytes_and_have_no_place_in_the_training_graph(bool device)
    {
        var model = ShortTrainings.Perceptron();
        var trained = _trainings.Train(Plain with { Freeze = ["fc1.*", "*.scale"] }, device, model).Model.Graph.Initializers;

        foreach (var name in new[] { "fc1.weight", "bn.scale" }) Assert.True(model.Graph.Initializers[name].Span<float>().SequenceEqual(trained[name].Span<float>()));
        foreach (var name in new[] { "fc2.weight", "bn.bias" }) Assert.False(model.Graph.Initializers[name].Span<float>().SequenceEqual(trained[name].Span<float>()));
        Assert.Equal(["bn.bias", "fc2.weight", "fc2.bias"], TrainingGraph.Build(model, null, freeze: ["fc1.*", "*.scale"]).Parameters.Select(p => p.Name));
    }

    [Fact]
    public void Patterns_that_match_nothing_are_errors_with_the_names_there_are()
    {
        foreach (var options in new[]
        {
            Plain with { Freeze = ["fc1.weight", "whiten.weight"] },
            Plain with { Groups = [new GroupOptions { Match = "whiten.weight" }] },
            Plain with { Optimizer = new MuonOptions { AdamW = new MuonAdamWOptions { Match = ["whiten.weight"] } } },
        })
        {
            var error = Assert.Throws<TrainingException>(() => _trainings.Train(options));
            Assert.Contains("'whiten.weight'", error.Message, StringComparison.Ordinal);
            Assert.Contains("fc1.weight, bn.scale, bn.bias, fc2.weight, fc2.bias", error.Message, StringComparison.Ordinal);
        }
        var all = Assert.Throws<TrainingException>(() => _trainings.Train(Plain with { Freeze = ["*"] }));
        Assert.Contains("train.freeze", all.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_penalty_makes_weights_small_L1_many_of_them_tiny_and_is_no_part_of_the_reported_loss()
    {
        var options = Plain with { Epochs = 12, Optimizer = new SgdOptions { LearningRate = 0.02 } };
        float[] Weights(PenaltyOptions? penalty) => _trainings.Train(options with { Penalty = penalty }).Model.Graph.Initializers["fc1.weight"].Span<float>().ToArray();
        var (free, lasso, ridge) = (Weights(null), Weights(new PenaltyOptions { L1 = 0.02 }), Weights(new PenaltyOptions { L2 = 0.02 }));

        Assert.True(ridge.Sum(w => w * w) < 0.9 * free.Sum(w => w * w));
        Assert.True(lasso.Count(w => Math.Abs(w) < 1e-3) > 5 * Math.Max(1, ridge.Count(w => Math.Abs(w) < 1e-3)));
        var still = options with { Epochs = 1, Optimizer = new SgdOptions { LearningRate = 1e-9 } };
        Assert.Equal(_trainings.Train(still).Progress.History[0].TrainLoss, _trainings.Train(still with { Penalty = new PenaltyOptions { L1 = 10 } }).Progress.History[0].TrainLoss, 1e-5);
    }

    [Fact]
    public void An_L2_penalty_acts_as_a_coupled_weight_decay_of_twice_its_factor()
    {
        var optimizer = new SgdOptions { LearningRate = 0.05, Momentum = 0.9 };
        var penalty = _trainings.Train(Plain with { Optimizer = optimizer, Penalty = new PenaltyOptions { L2 = 0.01 } });
        var decay = _trainings.Train(Plain with { Optimizer = optimizer with { WeightDecay = 0.02 } });
        ShortTrainings.AssertClose(decay.Model, penalty.Model, 1e-4);
    }

    [Fact]
    public void The_monitored_figure_decides_which_epoch_is_best()
    {
        var options = Plain with { KeepBest = true, Epochs = 8, Optimizer = new SgdOptions { LearningRate = 1.5 } };
        var byLoss = _trainings.Train(options).Progress;
        var byAccuracy = _trainings.Train(options with { Monitor = Monitor.Accuracy }).Progress;

        Assert.Equal(byLoss.History, byAccuracy.History);
        Assert.Equal(byLoss.History.MinBy(m => m.ValidationLoss)!.Epoch, byLoss.BestEpoch);
        Assert.Equal(byAccuracy.History.MaxBy(m => m.ValidationAccuracy)!.Epoch, byAccuracy.BestEpoch);
    }

    [Fact]
    public void On_a_plateau_the_learning_rate_of_the_next_epoch_falls()
    {
        var options = Plain with { Epochs = 5, Schedule = new PlateauScheduleOptions { Patience = 0, Threshold = 0.99, Factor = 0.5, MinFactor = 0.2 } };
        var rates = _trainings.Train(options).Progress.History.Select(m => m.LearningRate / options.Optimizer.LearningRate).ToArray();
        Assert.Equal([1, 1, 0.5, 0.25, 0.2], rates.Select(r => Math.Round(r, 12)));
    }
}
