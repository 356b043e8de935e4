using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Tests;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.Tests;

/// <summary>Whole networks trained by the engine against the same training in PyTorch.</summary>
public sealed class NetworkParityTests
{
    public static TheoryData<string, string> Runs
    {
        get
        {
            var runs = new TheoryData<string, string>();
            foreach (var network in ReferenceCases.Networks)
            {
                foreach (var training in network.Trained) runs.Add(network.Name, training.Optimizer);
            }
            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(ReferenceCases.NetworkNames), MemberType = typeof(ReferenceCases))]
    public void The_first_step_of_plain_gradient_descent_gives_PyTorchs_loss_and_gradients(string name)
    {
        var reference = ReferenceCases.Network(name);
        var model = reference.ToModel();
        var (losses, weights) = Train(reference, model, new SgdOptions { LearningRate = 1 }, steps: 1);

        Assert.Equal(reference.Loss, losses[0], 1e-5);
        foreach (var (weight, gradient) in reference.Gradients)
        {
            var before = model.Graph.Initializers[weight].Span<float>().ToArray();
            var after = weights[weight];
            AssertClose(gradient, [.. before.Zip(after, (b, a) => b - a)], 1e-4, $"{name}: gradient of '{weight}'");
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Ten_steps_end_at_PyTorchs_weights_and_running_statistics(string name, string optimizer)
    {
        var reference = ReferenceCases.Network(name);
        var expected = reference.TrainedWith(optimizer);
        OptimizerOptions options = optimizer == "sgd"
            ? new SgdOptions { LearningRate = expected.Options["learning_rate"], Momentum = expected.Options["momentum"] }
            : new AdamOptions { LearningRate = expected.Options["learning_rate"] };
        var (losses, weights) = Train(reference, reference.ToModel(), options, expected.Steps);

        for (var step = 0; step < expected.Steps; step++) Assert.Equal(expected.Losses[step], losses[step], 1e-4);
        foreach (var (weight, values) in expected.Weights) AssertClose(values, weights[weight], 1e-3, $"{name}, {optimizer}: '{weight}'");
    }

    private static (List<double> Losses, Dictionary<string, float[]> Weights) Train(ReferenceNetwork reference, Model model, OptimizerOptions optimizer, int steps)
    {
        using var folder = new TempFolder();
        using var data = TestData.Write(folder.Path, "input", reference.Input.Floats, reference.Input.Shape[1..], reference.Labels.Longs, (int)reference.Logits.Shape[1]);
        using var loader = new BatchLoader(data.Train, new BatchOptions { BatchSize = data.Train.Count });
        using var engine = new OrtEngine(model, new TrainOptions { Optimizer = optimizer, Threads = 1 }, seed: 1);
        var losses = new List<double>();
        for (var step = 0; step < steps; step++)
        {
            foreach (var batch in loader.Epoch(step))
            {
                var outcome = engine.Step(batch, new TrainingStep(step + 1, optimizer.LearningRate));
                losses.Add(outcome.Loss / outcome.Count);
            }
        }
        var trained = model.Clone();
        engine.CopyWeightsTo(trained);
        return (losses, trained.Graph.Initializers.ToDictionary(i => i.Name, i => i.Span<float>().ToArray()));
    }

    /// <summary>‖expected − actual‖ / ‖expected‖. Adam divides tiny gradients by themselves, so single weights may differ by more.</summary>
    private static void AssertClose(float[] expected, float[] actual, double tolerance, string what)
    {
        var difference = Math.Sqrt(expected.Zip(actual, (e, a) => Math.Pow((double)e - a, 2)).Sum());
        var error = difference / Math.Max(Math.Sqrt(expected.Sum(e => (double)e * e)), 1e-2);
        Assert.True(error <= tolerance, $"{what} is off by {error:g3}");
    }
}
