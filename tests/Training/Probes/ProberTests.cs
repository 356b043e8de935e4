using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Tests;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Loop;
using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Probes;

namespace OnnxPipeline.Training.Tests.Probes;

public sealed class ProberTests : IDisposable
{
    private static readonly TrainOptions Options = new() { Epochs = 2, BatchSize = 32, Optimizer = new SgdOptions { LearningRate = 0.05 }, Threads = 1, Probes = true };

    private readonly TempFolder _folder = new();
    private readonly Dataset _data;

    public ProberTests() => _data = TestData.Clusters(_folder.File("data"), count: 200);

    public void Dispose()
    {
        _data.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_layers_figures_are_those_of_its_outputs()
    {
        var model = TestData.Perceptron();
        using var engine = new OrtEngine(model, Options, seed: 1);
        using var prober = new Prober(model, Options, _data.Train);
        var facts = prober.Measure(engine);

        Assert.Equal(["fc1", "bn", "relu", "fc2"], facts.Layers.Select(l => l.Layer));
        var outputs = FirstLayer(model, _data.Train);
        var mean = outputs.Average();
        var std = Math.Sqrt(outputs.Average(y => (y - mean) * (y - mean)));
        Assert.Equal(mean, facts.Layers[0].Mean, 1e-5);
        Assert.Equal(outputs.Average(Math.Abs), facts.Layers[0].MeanAbs, 1e-5);
        Assert.Equal(std, facts.Layers[0].Std, 1e-5);
        // What batch normalisation gives of a batch has mean 0 and deviation 1.
        Assert.Equal((0, 1), (Math.Round(facts.Layers[1].Mean, 4), Math.Round(facts.Layers[1].Std, 3)));
    }

    [Fact]
    public void A_parameters_figures_are_those_of_its_weights_and_gradient()
    {
        var model = TestData.Perceptron(dropout: 0);
        using var engine = new OrtEngine(model, Options with { BatchSize = 200 }, seed: 1);
        using var prober = new Prober(model, Options, _data.Train);
        var facts = prober.Measure(engine);

        var norm = Math.Sqrt(Trainables.Of(model.Graph).Sum(w => w.Span<float>().ToArray().Sum(v => (double)v * v)));
        Assert.Equal(norm, facts.ParameterNorm, 1e-4);
        var before = engine.Capture().ToDictionary(t => t.Name);
        using var batches = new BatchLoader(_data.Train, new BatchOptions { BatchSize = 200 });
        foreach (var batch in batches.Epoch(0)) engine.Step(batch, new TrainingStep(1, 0.05));
        foreach (var parameter in facts.Parameters)
        {
            var (old, now) = (before[parameter.Parameter].Span<float>().ToArray(), engine.Capture().First(t => t.Name == parameter.Parameter).Span<float>().ToArray());
            Assert.Equal(old.Average(v => Math.Abs((double)v)), parameter.MeanAbsWeight, 1e-5);
            // Plain gradient descent moves each weight by the rate times its gradient.
            Assert.Equal(old.Zip(now).Average(p => Math.Abs((double)p.First - p.Second)) / 0.05, parameter.MeanAbsGradient, 1e-4);
        }
    }

    [Fact]
    public void Every_epoch_is_probed_and_training_is_the_same_with_and_without()
    {
        var (probed, with) = Train(Options);
        var (plain, without) = Train(Options with { Probes = false });
        Assert.Equal(2, probed.History.Count(e => e.Probes is { Layers.Count: 4, Parameters.Count: 6 }));
        Assert.NotEqual(probed.History[0].Probes!.ParameterNorm, probed.History[1].Probes!.ParameterNorm);
        Assert.All(plain.History, e => Assert.Null(e.Probes));
        Assert.Equal(with, without);
    }

    private (TrainingProgress Progress, string Weights) Train(TrainOptions options)
    {
        var model = TestData.Perceptron();
        using var engine = new OrtEngine(model, options, seed: 1);
        var result = new Trainer(options, 1).Train(model, engine, _data.Train, _data.Validation, CancellationToken.None);
        return (result.Progress, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(result.Model.ToBytes())));
    }

    private static double[] FirstLayer(Model model, DatasetSplit split)
    {
        var weight = model.Graph.Initializers["fc1.weight"].Span<float>();
        var x = MemoryMarshal.Cast<byte, float>(split.Features[0].Items(0, split.Count));
        var (hidden, width) = (16, 8);
        var outputs = new double[split.Count * hidden];
        for (var i = 0; i < outputs.Length; i++)
        {
            for (var j = 0; j < width; j++) outputs[i] += (double)x[i / hidden * width + j] * weight[i % hidden * width + j];
        }
        return outputs;
    }
}
