using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Tests;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Loop;
using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Schedules;

namespace OnnxPipeline.Training.Tests;

public sealed class TrainerTests : IDisposable
{
    private static readonly TrainOptions Options = new()
    {
        Epochs = 6,
        BatchSize = 32,
        Optimizer = new AdamWOptions { LearningRate = 0.01 },
        Schedule = new OneCycleScheduleOptions(),
        ClipNorm = 1,
        CheckpointSeconds = 0,
        Threads = 1,
    };

    private readonly TempFolder _folder = new();
    private readonly Dataset _data;

    public TrainerTests() => _data = TestData.Clusters(_folder.File("data"));

    public void Dispose()
    {
        _data.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Training_learns_separable_clusters()
    {
        var result = Train(Options);
        Assert.Equal(6, result.Progress.History.Count);
        Assert.True(result.Progress.History[^1].ValidationAccuracy > 0.9, $"accuracy {result.Progress.History[^1].ValidationAccuracy}");
        Assert.True(result.Progress.History[^1].TrainLoss < result.Progress.History[0].TrainLoss / 2);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        var bytes = Train(Options).Model.ToBytes();
        Assert.Equal(bytes, Train(Options).Model.ToBytes());
        Assert.NotEqual(bytes, Train(Options, seed: 2).Model.ToBytes());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(40)]
    [InlineData(71)]
    public void A_run_interrupted_at_any_step_and_taken_up_again_gives_the_same_bytes(int stopAfter)
    {
        var expected = Train(Options);
        var checkpoint = _folder.File($"checkpoint-{stopAfter}.onnx");
        using (var cancellation = new CancellationTokenSource())
        {
            var observer = new StopAfter(stopAfter, cancellation);
            Assert.Throws<OperationCanceledException>(() => Train(Options, checkpoint: checkpoint, observer: observer, cancellation: cancellation.Token));
        }
        var resumed = Train(Options, checkpoint: checkpoint);

        Assert.Equal(expected.Model.ToBytes(), resumed.Model.ToBytes());
        Assert.Equal(expected.Progress.History, resumed.Progress.History);
    }

    [Fact]
    public void A_checkpoint_of_another_run_is_not_taken_up()
    {
        var checkpoint = _folder.File("other.onnx");
        Train(Options with { Epochs = 1 }, checkpoint: checkpoint, identity: "another");
        var resumed = Train(Options, checkpoint: checkpoint, identity: "this");
        Assert.Equal(Train(Options).Model.ToBytes(), resumed.Model.ToBytes());
    }

    [Fact]
    public void A_damaged_checkpoint_is_named_in_the_error()
    {
        var checkpoint = _folder.File("damaged.onnx");
        Train(Options with { Epochs = 1 }, checkpoint: checkpoint);
        var bytes = File.ReadAllBytes(checkpoint);
        File.WriteAllBytes(checkpoint, bytes[..(bytes.Length / 2)]);
        var error = Assert.Throws<TrainingException>(() => Train(Options, checkpoint: checkpoint));
        Assert.Contains(checkpoint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Early_stopping_ends_the_run_and_says_why()
    {
        var options = Options with { Epochs = 50, Schedule = new ConstantScheduleOptions(), EarlyStopping = new EarlyStoppingOptions { Patience = 2, MinDelta = 0.05 } };
        var result = Train(options);
        Assert.InRange(result.Progress.History.Count, 3, 49);
        Assert.Contains("early stopping", result.Progress.Stopped, StringComparison.Ordinal);
    }

    [Fact]
    public void The_best_epochs_weights_are_kept()
    {
        var options = Options with { Optimizer = new SgdOptions { LearningRate = 3 }, Schedule = new ConstantScheduleOptions(), ClipNorm = null, Epochs = 4 };
        var result = Train(options);
        var best = result.Progress.History.MinBy(m => m.ValidationLoss)!;
        Assert.Equal(best.Epoch, result.Progress.BestEpoch);

        using var engine = new OrtEngine(result.Model, options, seed: 1);
        using var loader = new BatchLoader(_data.Validation, new BatchOptions { BatchSize = _data.Validation.Count });
        foreach (var batch in loader.Epoch(0)) Assert.Equal(best.ValidationLoss!.Value, engine.Evaluate(batch).Loss / batch.Count, 1e-5);
    }

    [Fact]
    public void A_loss_that_is_no_longer_finite_stops_the_run_and_names_step_and_tensor()
    {
        var options = Options with { Optimizer = new SgdOptions { LearningRate = 1e30 }, ClipNorm = null, Schedule = new ConstantScheduleOptions() };
        var error = Assert.Throws<NonFiniteLossException>(() => Train(options));
        Assert.InRange(error.Step, 2, 8);
        Assert.NotNull(error.FirstBadTensor);
        Assert.Contains("learning rate", error.Message, StringComparison.Ordinal);
    }

    private TrainResult Train(TrainOptions options, ulong seed = 1, string? checkpoint = null, string identity = "", ITrainingObserver? observer = null, CancellationToken cancellation = default)
    {
        var model = TestData.Perceptron();
        using var engine = new OrtEngine(model, options, seed);
        var trainer = new Trainer(options, seed) { CheckpointPath = checkpoint, Identity = identity };
        if (observer is not null) trainer = new Trainer(options, seed) { CheckpointPath = checkpoint, Identity = identity, Observer = observer };
        return trainer.Train(model, engine, _data.Train, _data.Validation, cancellation);
    }

    private sealed class StopAfter(int steps, CancellationTokenSource cancellation) : ITrainingObserver
    {
        private int _taken;

        public void Stepped(in StepFacts facts)
        {
            if (++_taken == steps) cancellation.Cancel();
        }
    }
}
