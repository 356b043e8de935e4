using OnnxPipeline.Models;
using OnnxPipeline.Datasets;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.Averaging;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Loop;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.Tests;

public sealed class AveragingTests : IDisposable
{
    private static readonly TrainOptions Plain = new() { Epochs = 4, BatchSize = 40, Optimizer = new SgdOptions { LearningRate = 0.1 }, KeepBest = false, Threads = 1 };
    private readonly ShortTrainings _trainings = new();

    public void Dispose() => _trainings.Dispose();

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void Exponential_averages_are_of_every_steps_weights_and_leave_training_alone(bool warmUp, bool device)
    {
        var ema = new EmaOptions { Decay = 0.7, WarmUp = warmUp };
        using var plain = Engine(Plain, device);
        using var averaged = Engine(Plain with { Averaging = ema }, device);
        var expected = plain.Capture().ToDictionary(t => t.Name, t => t.Span<float>().ToArray().Select(x => (double)x).ToArray());
        var step = 0;
        Steps(plain, averaged, 12, () =>
        {
            step++;
            var decay = warmUp ? Math.Min(0.7, (1.0 + step) / (10 + step)) : 0.7;
            foreach (var tensor in plain.Capture())
            {
                var values = tensor.Span<float>();
                for (var i = 0; i < values.Length; i++) expected[tensor.Name][i] = decay * expected[tensor.Name][i] + (1 - decay) * values[i];
            }
        });

        var state = averaged.Capture().ToDictionary(t => t.Name);
        Assert.All(plain.Capture(), raw => Assert.True(raw.Span<float>().SequenceEqual(state[raw.Name].Span<float>()), raw.Name));
        AssertExported(averaged, expected);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Lookahead_meets_every_so_many_steps_and_goes_on_from_the_slow_weights(bool device)
    {
        var lookahead = new LookaheadOptions { Every = 3, Alpha = 0.4 };
        using var plain = Engine(Plain, device);
        using var slowed = Engine(Plain with { Averaging = lookahead }, device);
        var slow = plain.Capture();
        var step = 0;
        Steps(plain, slowed, 10, () =>
        {
            if (++step % 3 != 0) return;
            var fast = plain.Capture();
            foreach (var (average, tensor) in slow.Zip(fast))
            {
                var isStatistic = tensor.Name is "bn.mean" or "bn.variance";
                for (var i = 0; i < average.ElementCount; i++)
                    average.Span<float>()[i] = isStatistic ? tensor.Span<float>()[i] : (float)(0.6 * average.Span<float>()[i] + 0.4 * tensor.Span<float>()[i]);
            }
            plain.Restore(slow.ToDictionary(t => t.Name));
        });
        AssertExported(slowed, slow.ToDictionary(t => t.Name, t => t.Span<float>().ToArray().Select(x => (double)x).ToArray()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Stochastic_weight_averages_are_means_of_epoch_ends_with_statistics_of_their_own(bool device)
    {
        var swa = new SwaOptions { StartEpoch = 2, EveryEpochs = 2 };
        var ends = Enumerable.Range(1, 4).Select(epochs => _trainings.Train(Plain with { Epochs = epochs }, device, TestData.Perceptron(dropout: 0)).Model.Graph.Initializers).ToArray();
        var averaged = _trainings.Train(Plain with { Averaging = swa }, device, TestData.Perceptron(dropout: 0)).Model.Graph.Initializers;
        var early = _trainings.Train(Plain with { Averaging = swa, Epochs = 1 }, device, TestData.Perceptron(dropout: 0)).Model.Graph.Initializers;

        foreach (var name in new[] { "fc1.weight", "fc2.weight", "bn.scale", "fc2.bias" })
        {
            for (var i = 0; i < averaged[name].ElementCount; i++)
            {
                Assert.Equal((ends[1][name].Span<float>()[i] + ends[3][name].Span<float>()[i]) / 2, averaged[name].Span<float>()[i], 1e-6);
                Assert.Equal(ends[0][name].Span<float>()[i], early[name].Span<float>()[i]);
            }
        }

        // Every sample is in one of the epoch's ten batches of the same size: the mean of their means is that of all.
        var inputs = Features();
        for (var unit = 0; unit < 16; unit++)
        {
            var row = averaged["fc1.weight"].Span<float>().Slice(8 * unit, 8).ToArray();
            var mean = inputs.Average(x => x.Zip(row).Sum(p => (double)p.First * p.Second)) + averaged["fc1.bias"].Span<float>()[unit];
            Assert.Equal(mean, averaged["bn.mean"].Span<float>()[unit], 1e-5);
        }
    }

    [Theory]
    [InlineData("ema")]
    [InlineData("swa")]
    [InlineData("lookahead")]
    public void The_best_epochs_averages_are_kept_and_training_stops_by_their_losses(string name)
    {
        var options = ShortTrainings.Variants[name] with { KeepBest = true, Epochs = 30, EarlyStopping = new EarlyStoppingOptions { Patience = 2, MinDelta = 0.05 } };
        var result = _trainings.Train(options);
        Assert.InRange(result.Progress.History.Count, 3, 29);

        var best = result.Progress.History[result.Progress.BestEpoch!.Value - 1].ValidationLoss!.Value;
        using var engine = new OrtEngine(result.Model, Plain, 1);
        using var loader = new BatchLoader(_trainings.Data.Validation, new BatchOptions { BatchSize = 400 });
        Assert.Equal(best, loader.Epoch(0).Sum(engine) / 400, 1e-5);
    }

    private ITrainingEngine Engine(TrainOptions options, bool device)
    {
        var model = ShortTrainings.Perceptron();
        return device ? new OrtDeviceEngine(model, options, 1, Device.Cpu) : new OrtEngine(model, options, 1);
    }

    private void Steps(ITrainingEngine first, ITrainingEngine second, int count, Action afterStep)
    {
        using var loader = new BatchLoader(_trainings.Data.Train, new BatchOptions { BatchSize = 20 });
        var step = 0;
        foreach (var batch in loader.Epoch(0))
        {
            if (step == count) return;
            var settings = new TrainingStep(++step, 0.1);
            first.Step(batch, settings);
            second.Step(batch, settings);
            afterStep();
        }
    }

    private float[][] Features()
    {
        using var loader = new BatchLoader(_trainings.Data.Train, new BatchOptions { BatchSize = 400 });
        foreach (var batch in loader.Epoch(0)) return [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(batch.Features[0].Bytes).ToArray().Chunk(8)];
        return [];
    }

    private static void AssertExported(ITrainingEngine engine, Dictionary<string, double[]> expected)
    {
        var model = ShortTrainings.Perceptron();
        engine.CopyWeightsTo(model);
        foreach (var (name, values) in expected)
        {
            var exported = model.Graph.Initializers[name].Span<float>();
            for (var i = 0; i < values.Length; i++) Assert.Equal(values[i], exported[i], 1e-5 * Math.Max(1, Math.Abs(values[i])));
        }
    }
}
