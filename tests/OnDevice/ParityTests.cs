using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata.Bundles;
using OnnxPipeline.Tests;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Bundles;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.FineTuning;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.OnDevice.Tests;

/// <summary>Training inside an app against training by the "ort" engine, from the same weights on the same batches.</summary>
public sealed class ParityTests
{
    private const int Steps = 50;
    private const int BatchSize = 16;
    private const double Limit = 1e-4;

    private static readonly Dictionary<string, OptimizerOptions> Optimizers = new()
    {
        ["sgd"] = new SgdOptions { LearningRate = 0.2 },
        ["momentum"] = new SgdOptions { LearningRate = 0.02, Momentum = 0.9, WeightDecay = 1e-3 },
        ["nesterov"] = new SgdOptions { LearningRate = 0.02, Momentum = 0.9, Nesterov = true },
        ["adam"] = new AdamOptions { LearningRate = 2e-3, WeightDecay = 1e-3 },
        ["adamw"] = new AdamWOptions { LearningRate = 2e-3 },
    };

    [Theory]
    [InlineData("mlp", "sgd", 1)]
    [InlineData("mlp", "momentum", 1)]
    [InlineData("mlp", "nesterov", 1)]
    [InlineData("mlp", "adam", 1)]
    [InlineData("mlp", "adamw", 1)]
    [InlineData("mlp", "momentum", 3)]
    [InlineData("mlp", "adamw", 3)]
    [InlineData("cnn", "momentum", 1)]
    [InlineData("cnn", "adamw", 1)]
    [InlineData("cnn", "adamw", 2)]
    public void Fifty_steps_on_a_device_are_fifty_steps_of_the_engine(string network, string optimizer, int accumulate)
    {
        var model = network == "mlp" ? Squares.Mlp() : Squares.Cnn();
        var options = Optimizers[optimizer];
        using var bundle = new BundleFolder(model, new BundleOptions { Optimizer = options, Accumulate = accumulate, BatchNorm = BatchNormTuning.Train });
        using var trainer = bundle.Open();
        using var engine = new OrtEngine(model, new TrainOptions { Optimizer = options, Accumulate = accumulate, Threads = 1 }, seed: 1);
        using var folder = new TempFolder();
        using var data = Squares.Dataset(folder.File("data"), Steps * accumulate * BatchSize);
        using var loader = new BatchLoader(data.Train, new BatchOptions { BatchSize = BatchSize });
        using var own = trainer.CreateBatch(BatchSize);

        var first = double.NaN;
        foreach (var batch in loader.Epoch(0))
        {
            batch.Features[0].Bytes.CopyTo(own.Input<byte>());
            System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(batch.Labels.Bytes).CopyTo(own.Labels);
            var step = new TrainingStep(batch.Step / accumulate + 1, options.LearningRate) { Part = batch.Step % accumulate, Parts = accumulate };
            var expected = engine.Step(batch, step);
            var actual = trainer.TrainStep(own);
            if (batch.Step == 0) first = actual.Loss;
            Assert.Equal(expected.Loss / expected.Count, actual.Loss, Limit);
            Assert.Equal((expected.Correct, expected.Count), (actual.Correct, actual.Count));
        }

        Assert.Equal(Steps, trainer.Step);
        var state = StateFile.Parse(trainer.GetState(), "state").Tensors.ToDictionary(t => t.Name, t => t.Data.Floats());
        var trained = model.Clone();
        engine.CopyWeightsTo(trained);
        foreach (var tensor in bundle.Bundle.Manifest.State.Where(t => t.Offset is not null))
        {
            var weights = trained.Graph.Initializers[tensor.Name].Span<float>().ToArray();
            Assert.True(weights.Zip(state[tensor.Name]).Max(p => Math.Abs(p.First - p.Second)) <= Limit, tensor.Name);
        }
        // They agree on something: the network has learnt.
        Assert.True(trainer.Evaluate(own).Loss < 0.8 * first);
    }

    [Fact]
    public void Only_the_last_batch_of_a_step_changes_the_weights()
    {
        using var bundle = new BundleFolder(Squares.Mlp(), new BundleOptions { Accumulate = 3 });
        using var trainer = bundle.Open();
        using var batch = trainer.Batch(BatchSize);
        var name = bundle.Bundle.Manifest.State[0].Name;
        var before = BundleFolder.Tensor(trainer, name);

        trainer.TrainStep(batch);
        trainer.TrainStep(batch);
        Assert.Equal(before, BundleFolder.Tensor(trainer, name));
        Assert.Equal(0, trainer.Step);
        trainer.TrainStep(batch);
        Assert.NotEqual(before, BundleFolder.Tensor(trainer, name));
        Assert.Equal(1, trainer.Step);
    }
}
