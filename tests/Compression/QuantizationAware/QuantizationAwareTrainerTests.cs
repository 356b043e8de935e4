using System.Text.Json;
using OnnxPipeline.Compression.QuantizationAware;
using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Shapes;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Loop;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Compression.Tests.QuantizationAware;

public sealed class QuantizationAwareTrainerTests : IDisposable
{
    private readonly GeneratedTask _task = new();

    public static TheoryData<RangeLearning, bool> Cases => new() { { RangeLearning.MovingAverage, false }, { RangeLearning.MovingAverage, true }, { RangeLearning.LearnedStep, false }, { RangeLearning.LearnedStep, true } };

    public void Dispose() => _task.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_fine_tuning_taken_up_again_gives_the_same_bytes(RangeLearning ranges, bool device)
    {
        var expected = Tune(ranges, device);
        var checkpoint = _task.File($"{ranges}-{device}.onnx");
        using (var cancellation = new CancellationTokenSource())
        {
            Assert.ThrowsAny<OperationCanceledException>(() => { Tune(ranges, device, checkpoint, new StopAt(5, cancellation), cancellation.Token); });
        }
        var resumed = Tune(ranges, device, checkpoint);
        Assert.Equal(expected.Model.ToBytes(), resumed.Model.ToBytes());
        Assert.Equal(JsonSerializer.Serialize(expected.Progress.History), JsonSerializer.Serialize(resumed.Progress.History));
    }

    [Theory]
    [InlineData(RangeLearning.MovingAverage)]
    [InlineData(RangeLearning.LearnedStep)]
    public void Both_engines_go_the_same_way_and_end_with_the_same_ranges(RangeLearning ranges)
    {
        var (fused, device) = (Tune(ranges, false), Tune(ranges, true));
        foreach (var (expected, actual) in fused.Progress.History.Zip(device.Progress.History)) Assert.Equal(expected.TrainLoss, actual.TrainLoss, 5e-3);
        var (ofFused, ofDevice) = (TrainedRanges.Of(fused.Model), TrainedRanges.Of(device.Model));
        Assert.Equal(ofFused.Keys.Order(), ofDevice.Keys.Order());
        foreach (var (name, range) in ofFused) Assert.Equal(range.Max, ofDevice[name].Max, 0.02f * range.Max);
    }

    [Theory]
    [InlineData(RangeLearning.MovingAverage)]
    [InlineData(RangeLearning.LearnedStep)]
    public void What_is_left_is_a_folded_float_model_with_a_range_for_all_that_products_read(RangeLearning ranges)
    {
        var tuned = Tune(ranges, false).Model;
        var graph = tuned.Graph;
        Assert.DoesNotContain(graph.Nodes, n => n.Is(Ops.QuantizeLinear) || n.Is(Ops.DequantizeLinear) || n.Is(Ops.BatchNormalization));
        Assert.Equal(Folding.Passes().Run(GeneratedTask.Cnn(4)).Model.Graph.Initializers.Select(t => t.Name).Order(), graph.Initializers.Select(t => t.Name).Order());

        var known = TrainedRanges.Of(tuned);
        foreach (var node in graph.Nodes.Where(n => QuantizedValues.IsLinear(n, graph))) Assert.Contains(node.Inputs[0], known.Keys);
        Assert.All(known.Values, range => Assert.True(range.Min <= 0 && range.Max > 0));
        Assert.All(graph.Nodes.Where(n => n.Is(Ops.Relu)).Select(n => n.Outputs[0]).Where(known.ContainsKey), relu => Assert.Equal(0, known[relu].Min));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_pruning_set_to_0_stays_0(bool device)
    {
        var pruned = GeneratedTask.Cnn(4);
        var weights = pruned.Graph.Initializers["conv2.weight"];
        for (var i = 0; i < weights.ElementCount; i += 2) weights.Span<float>()[i] = 0;
        var tuned = Trainer(RangeLearning.MovingAverage, device).Train(pruned, _task.Data, CancellationToken.None).Model.Graph.Initializers["conv2.weight"].Span<float>().ToArray();
        Assert.All(tuned.Where((_, i) => i % 2 == 0), w => Assert.Equal(0, w));
        Assert.DoesNotContain(0, tuned.Where((_, i) => i % 2 == 1));
    }

    [Fact]
    public void Ranges_are_those_of_the_models_exported_form_too()
    {
        var tuned = Tune(RangeLearning.MovingAverage, false).Model;
        var exported = Exporter.Export(tuned, new ExportSettings { Labels = _task.Data.Labels }).Model;
        Assert.Equal(TrainedRanges.Of(tuned).Values.Order(Comparer<TrainedRange>.Create((a, b) => a.Max.CompareTo(b.Max))).Select(r => r.Max), TrainedRanges.Of(exported).Values.Select(r => r.Max).Order());
    }

    [Fact]
    public void Rounding_and_its_removal_leave_the_graph_as_it_was()
    {
        var model = Folding.Passes().Run(GeneratedTask.Cnn(4)).Model;
        var ranges = model.Graph.Nodes.Where(n => QuantizedValues.IsLinear(n, model.Graph)).Select(n => n.Inputs[0]).Distinct().ToDictionary(v => v, _ => new TrainedRange(-1, 3));
        foreach (var learning in Enum.GetValues<RangeLearning>())
        {
            var rounding = FakeQuantization.Insert(model, ranges, learning);
            _ = ShapeInference.Infer(rounding);
            var removed = FakeQuantization.Remove(rounding);
            Assert.Equal(model.Graph.Nodes.Select(n => (n.Name, string.Join(",", n.Inputs))), removed.Graph.Nodes.Select(n => (n.Name, string.Join(",", n.Inputs))));
            Assert.Equal(model.Graph.Initializers.Select(t => t.Name), removed.Graph.Initializers.Select(t => t.Name));
            Assert.All(TrainedRanges.Of(removed).Values, range => Assert.Equal(3f, range.Max, 0.05f));
        }
    }

    [Fact]
    public void A_quantised_model_and_one_with_nothing_to_round_are_refused()
    {
        var quantized = GeneratedTask.Cnn(2);
        var last = quantized.Graph.Nodes[^1];
        quantized.Graph.Initializers.Add(Initializer.Scalar("s", 0.1f));
        quantized.Graph.Nodes.Insert(quantized.Graph.Nodes.Count - 1, new Node(Ops.QuantizeLinear, [last.Inputs[0], "s"], ["q"], "quantize"));
        quantized.Graph.Nodes.Insert(quantized.Graph.Nodes.Count - 1, new Node(Ops.DequantizeLinear, ["q", "s"], ["dq"]));
        last.Inputs[0] = "dq";
        Assert.Contains("quantised already: node 'quantize'", Assert.Throws<TrainingException>(() => Trainer(RangeLearning.MovingAverage, false).Train(quantized, _task.Data, CancellationToken.None)).Message, StringComparison.Ordinal);

        var graph = new Graph("sum");
        graph.Inputs.Add(new Value("image", ElementType.UInt8, "batch", 1, 8, 8));
        graph.Outputs.Add(new Value("y", ElementType.Float, "batch", 64));
        graph.Initializers.Add(Initializer.Zeros("w", ElementType.Float, 64));
        graph.Nodes.Add(new Node(Ops.Cast, ["image"], ["x"]).Set("to", (long)ElementType.Float));
        graph.Nodes.Add(new Node(Ops.Flatten, ["x"], ["flat"]));
        graph.Nodes.Add(new Node(Ops.Add, ["flat", "w"], ["y"]));
        Assert.Contains("nothing to round", Assert.Throws<TrainingException>(() => Trainer(RangeLearning.MovingAverage, false).Train(new Model(graph), _task.Data, CancellationToken.None)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_range_is_named()
    {
        var model = GeneratedTask.Cnn(2);
        model.Metadata[$"quantization.range/{model.Graph.Outputs[0].Name}"] = "1 2";
        Assert.Contains("is '1 2'", Assert.Throws<ModelFormatException>(() => TrainedRanges.Of(model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Patterns_of_what_folding_took_away_are_left_out()
    {
        var model = Folding.Passes().Run(GeneratedTask.Cnn(2)).Model;
        var train = GeneratedTask.Options with { Freeze = ["bn*"], Groups = [new GroupOptions { Match = "bn*.bias" }, new GroupOptions { Match = "conv*" }] };
        var tuning = FineTuning.Of(train, new QuantizationAwareOptions { LearningRateShare = 0.5 }, model);
        Assert.Empty(tuning.Freeze);
        Assert.Equal("conv*", Assert.Single(tuning.Groups).Match);
        Assert.Equal(train.Optimizer.LearningRate / 2, tuning.Optimizer.LearningRate);
    }

    private QuantizationAwareResult Tune(RangeLearning ranges, bool device, string? checkpoint = null, ITrainingObserver? observer = null, CancellationToken cancellation = default) =>
        Trainer(ranges, device, checkpoint, observer).Train(GeneratedTask.Cnn(4), _task.Data, cancellation);

    private static QuantizationAwareTrainer Trainer(RangeLearning ranges, bool device, string? checkpoint = null, ITrainingObserver? observer = null) =>
        new(new QuantizationAwareOptions { Epochs = 2, LearningRateShare = 0.5, Ranges = ranges }, GeneratedTask.Options, 1, (m, o, masks) => GeneratedTask.Engine(m, o, device, masks: masks))
        {
            Augment = new AugmentOptions { HorizontalFlip = 0.5 },
            CheckpointPath = checkpoint,
            Observer = observer ?? new SilentObserver(),
        };
}
