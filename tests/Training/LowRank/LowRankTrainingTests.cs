using OnnxPipeline.Models;
using OnnxPipeline.Training.Loop;
using OnnxPipeline.Training.LowRank;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.Tests.LowRank;

public sealed class LowRankTrainingTests : IDisposable
{
    private static readonly TrainOptions Train = new()
    {
        Epochs = 6,
        BatchSize = 40,
        Optimizer = new AdamWOptions { LearningRate = 0.03 },
        Groups = [new GroupOptions { Match = "*.lora_B", LearningRate = 2 }],
        Threads = 1,
        Lora = new LoraOptions { Rank = 2, Alpha = 4, Dropout = 0.2, TrainAlso = ["fc2.bias"] },
    };

    private readonly ShortTrainings _trainings = new();

    public void Dispose() => _trainings.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Training_changes_the_changes_alone_and_lowers_the_loss(bool device)
    {
        var model = TestData.Perceptron();
        var adaptation = LowRankAdaptation.Of(model, Train.Lora!, 1);
        var result = _trainings.Train(adaptation.Options(Train), device, adaptation.Model);

        var history = result.Progress.History;
        Assert.True(history[^1].ValidationLoss < 0.7 * history[0].TrainLoss, $"{history[0].TrainLoss} -> {history[^1].ValidationLoss}");
        string[] trained = ["fc1.weight.lora_A", "fc1.weight.lora_B", "fc2.bias", "fc2.weight.lora_A", "fc2.weight.lora_B"];
        Assert.Equal(trained, Changed(adaptation.Model, result.Model));
        var merged = adaptation.Merge(result.Model);
        Assert.Equal(["fc1.weight", "fc2.bias", "fc2.weight"], Changed(model, merged));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_interrupted_and_taken_up_again_gives_the_same_bytes(bool device)
    {
        byte[] Adapter(int? until, string? checkpoint)
        {
            var adaptation = LowRankAdaptation.Of(TestData.Perceptron(), Train.Lora!, 1);
            var options = adaptation.Options(Train);
            if (until is null) return adaptation.ToAdapter(_trainings.Train(options, device, adaptation.Model, checkpoint).Model).ToBytes();
            using var cancellation = new CancellationTokenSource();
            Assert.ThrowsAny<OperationCanceledException>(() => { _trainings.Train(options, device, adaptation.Model, checkpoint, new StopAt(until.Value, cancellation), cancellation.Token); });
            return [];
        }

        var expected = Adapter(null, null);
        var file = _trainings.File($"lora-{device}.onnx");
        Adapter(13, file);
        Assert.Equal(expected, Adapter(null, file));
    }

    /// <summary>Where the factor is no parameter, too, as of the zoo's models without one.</summary>
    [Fact]
    public void Batch_normalisation_works_by_its_running_statistics()
    {
        var model = TestData.Perceptron(dropout: 0);
        var scale = model.Graph.Initializers["bn.scale"];
        model.Graph.Initializers.Remove(scale);
        model.Graph.Nodes.Insert(0, new Node(Ops.Constant, [], ["bn.scale"], "ones").Set("value", scale));
        foreach (var adaptation in new[] { model, TestData.Perceptron() }.Select(m => LowRankAdaptation.Of(m, Train.Lora!, 1)))
        {
            Assert.Empty(TrainingGraph.Build(adaptation.Model, null, freeze: adaptation.Options(Train).Freeze).Statistics);
            Assert.Equal(2, TrainingGraph.Build(adaptation.Model, null).Statistics.Count);
        }
    }

    private static IEnumerable<string> Changed(Model before, Model after) =>
        before.Graph.Initializers.Where(t => !t.Bytes.Span.SequenceEqual(after.Graph.Initializers[t.Name].Bytes.Span)).Select(t => t.Name).Order(StringComparer.Ordinal);

    private sealed class StopAt(int step, CancellationTokenSource cancellation) : ITrainingObserver
    {
        private int _taken;

        public void Stepped(in StepFacts facts)
        {
            if (++_taken == step) cancellation.Cancel();
        }
    }
}
