using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Tests;
using OnnxPipeline.Training.Autodiff;
using OnnxPipeline.Training.Engines;

namespace OnnxPipeline.Training.Tests;

public sealed class OrtEngineTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dataset _data;

    public OrtEngineTests() => _data = TestData.Clusters(_folder.File("data"));

    public void Dispose()
    {
        _data.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_step_in_the_steady_state_allocates_nothing_managed()
    {
        using var engine = new OrtEngine(TestData.Perceptron(), new TrainOptions { ClipNorm = 1, Threads = 1 }, seed: 1);
        using var loader = new BatchLoader(_data.Train, new BatchOptions { BatchSize = 20, Shuffle = true, DropLast = true });
        long Epochs(int first, int count)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var epoch = first; epoch < first + count; epoch++)
            {
                foreach (var batch in loader.Epoch(epoch)) engine.Step(batch, new TrainingStep(epoch * 20 + batch.Step + 1, 1e-3));
            }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Epochs(0, 3);
        var perStep = Epochs(3, 10) / (10.0 * loader.StepsPerEpoch);
        Assert.True(perStep <= 1024, $"{perStep} bytes a step");
    }

    [Fact]
    public void Evaluation_uses_running_statistics_and_no_dropout()
    {
        using var engine = new OrtEngine(TestData.Perceptron(dropout: 0.9f), new TrainOptions { Threads = 1 }, seed: 1);
        using var loader = new BatchLoader(_data.Train, new BatchOptions { BatchSize = 40 });
        var losses = new HashSet<double>();
        for (var i = 0; i < 3; i++) losses.Add(loader.Epoch(0).Sum(engine));
        Assert.Single(losses);
    }

    [Fact]
    public void All_nodes_without_a_gradient_are_listed_at_once()
    {
        var model = TestData.Perceptron();
        var graph = model.Graph;
        graph.Nodes.Insert(2, new Node("Round", ["h2"], ["h2.round"], "round it"));
        graph.Nodes.Insert(3, new Node("Hardmax", ["h2.round"], ["h2.hard"], "harden it"));
        graph.Nodes[4].Inputs[0] = "h2.hard";
        var error = Assert.Throws<AutodiffException>(() => new OrtEngine(model, new TrainOptions(), seed: 1));
        Assert.Contains("round it", error.Message, StringComparison.Ordinal);
        Assert.Contains("harden it", error.Message, StringComparison.Ordinal);
        Assert.Contains("Gemm", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_weights_is_refused()
    {
        var graph = new Graph("empty");
        graph.Inputs.Add(new Value("x", ElementType.Float, "batch", 3));
        graph.Outputs.Add(new Value("y", ElementType.Float, "batch", 3));
        graph.Nodes.Add(new Node(Ops.Relu, ["x"], ["y"]));
        var error = Assert.Throws<TrainingException>(() => new OrtEngine(new Model(graph), new TrainOptions(), seed: 1));
        Assert.Contains("no float weights", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_of_another_model_is_refused()
    {
        using var small = new OrtEngine(TestData.Perceptron(), new TrainOptions(), seed: 1);
        using var large = new OrtEngine(TestData.Perceptron(hidden: 20), new TrainOptions(), seed: 1);
        var error = Assert.Throws<TrainingException>(() => large.Restore(small.Capture().ToDictionary(t => t.Name)));
        Assert.Contains("another model", error.Message, StringComparison.Ordinal);
    }
}

internal static class EngineExtensions
{
    /// <summary>The evaluated loss summed over an epoch.</summary>
    public static double Sum(this BatchEnumerable epoch, OrtEngine engine)
    {
        var sum = 0.0;
        foreach (var batch in epoch) sum += engine.Evaluate(batch).Loss;
        return sum;
    }
}
