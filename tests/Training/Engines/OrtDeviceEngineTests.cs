using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Runtime;
using OnnxPipeline.Tests;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.Tests;

/// <summary>The engine with the update in its graph, on the CPU, against the engine with the fused optimizer.</summary>
public sealed class OrtDeviceEngineTests : IDisposable
{
    private const int Steps = 20;
    private const double Rounding = 1e-5;
    private readonly TempFolder _folder = new();
    private readonly Dataset _data;

    public OrtDeviceEngineTests() => _data = TestData.Clusters(_folder.File("data"));

    public void Dispose()
    {
        _data.Dispose();
        _folder.Dispose();
    }

    public static TheoryData<string, double?> Cases()
    {
        var cases = new TheoryData<string, double?>();
        foreach (var name in Optimizers.Keys)
        {
            cases.Add(name, null);
            cases.Add(name, 0.3);
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Losses_weights_and_statistics_are_those_of_the_fused_engine(string optimizer, double? clipNorm)
    {
        var options = Options(optimizer, clipNorm);
        using var fused = new OrtEngine(Perceptron(), options, seed: 5);
        using var device = new OrtDeviceEngine(Perceptron(), options, seed: 5, Device.Cpu);

        foreach (var ((expected, actual), step) in Train(fused, 1).Zip(Train(device, 1)).Select((pair, i) => (pair, i + 1)))
        {
            AssertClose($"loss of step {step}", expected.Loss, actual.Loss);
            AssertClose($"gradient norm of step {step}", expected.GradientNorm, actual.GradientNorm);
            Assert.Equal((expected.Correct, expected.Count), (actual.Correct, actual.Count));
            Assert.Equal(clipNorm is not null, actual.GradientNorm > 0);
        }
        AssertSameState(fused, device);
        AssertClose("evaluated loss", Evaluate(fused), Evaluate(device));
    }

    [Fact]
    public void Layers_whose_statistics_begin_alike_keep_statistics_of_their_own()
    {
        var model = Perceptron();
        var graph = model.Graph;
        string[] parts = ["scale", "bias", "mean", "variance"];
        foreach (var part in parts) graph.Initializers.Add(graph.Initializers[$"bn.{part}"].Clone($"again.{part}"));
        var relu = graph.Nodes.Single(n => n.Is(Ops.Relu));
        graph.Nodes.Insert(graph.Nodes.IndexOf(relu) + 1, new Node(Ops.BatchNormalization, [relu.Outputs[0], .. parts.Select(part => $"again.{part}")], ["again"], "again"));
        graph.Nodes.Single(n => n.Is(Ops.Dropout)).Inputs[0] = "again";
        using var fused = new OrtEngine(model, Options("sgd", null), seed: 5);
        using var device = new OrtDeviceEngine(model, Options("sgd", null), seed: 5, Device.Cpu);
        Train(fused, 1);
        Train(device, 1);
        AssertSameState(fused, device);
    }

    [Fact]
    public void The_weights_it_copies_into_a_model_are_those_it_has()
    {
        using var device = new OrtDeviceEngine(Perceptron(), Options("adam", null), seed: 5, Device.Cpu);
        Train(device, 1);
        var model = Perceptron();
        device.CopyWeightsTo(model);

        using var other = new OrtDeviceEngine(model, Options("adam", null), seed: 5, Device.Cpu);
        Assert.Equal(Evaluate(device), Evaluate(other));
        Assert.NotEqual(Evaluate(device), Evaluate(new OrtDeviceEngine(Perceptron(), Options("adam", null), seed: 5, Device.Cpu)));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_state_captured_by_one_engine_goes_on_in_the_other(bool fromDevice, bool toDevice)
    {
        using var first = Create(fromDevice);
        using var whole = Create(toDevice);
        using var resumed = Create(toDevice);
        Train(first, 1);
        Train(whole, 1);

        resumed.Restore(first.Capture().ToDictionary(t => t.Name));
        foreach (var (expected, actual) in Train(whole, Steps + 1).Zip(Train(resumed, Steps + 1))) AssertClose("loss", expected.Loss, actual.Loss);
        AssertSameState(whole, resumed);
        if (fromDevice == toDevice) Assert.All(whole.Capture().Zip(resumed.Capture()), pair => Assert.True(pair.First.Span<float>().SequenceEqual(pair.Second.Span<float>()), pair.First.Name));

        static ITrainingEngine Create(bool device) =>
            device ? new OrtDeviceEngine(Perceptron(), Options("adamw", 0.3), seed: 5, Device.Cpu) : new OrtEngine(Perceptron(), Options("adamw", 0.3), seed: 5);
    }

    [Fact]
    public void A_state_of_another_model_is_refused_and_the_engine_keeps_its_own()
    {
        using var small = new OrtDeviceEngine(Perceptron(), Options("adam", null), seed: 1, Device.Cpu);
        using var large = new OrtDeviceEngine(Perceptron(hidden: 20), Options("adam", null), seed: 1, Device.Cpu);
        var before = Evaluate(large);
        var error = Assert.Throws<TrainingException>(() => large.Restore(small.Capture().ToDictionary(t => t.Name)));
        Assert.Contains("another model", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Evaluate(large));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_loss_that_is_not_finite_is_thrown_with_step_and_tensor_and_leaves_the_weights(bool device)
    {
        var options = Options("sgd", null);
        using ITrainingEngine engine = device ? new OrtDeviceEngine(Perceptron(), options, 5, Device.Cpu) : new OrtEngine(Perceptron(), options, 5);
        var before = engine.Capture();
        var error = Assert.Throws<NonFiniteLossException>(() => Train(engine, 1, () => before = engine.Capture(), learningRate: 1e30));
        Assert.InRange(error.Step, 2, 8);
        Assert.NotNull(error.FirstBadTensor);
        AssertBitsEqual(before, engine.Capture());
    }

    /// <summary>The slope of a square root is infinite at 0, where its value is fine.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void With_clipping_a_gradient_that_is_not_finite_is_thrown_with_step_and_parameter_and_leaves_the_weights(bool device)
    {
        var model = Perceptron();
        var graph = model.Graph;
        graph.Initializers.Add(Initializer.Create<float>("offset", new float[4], 4));
        graph.Nodes[^1].Outputs[0] = "unshifted";
        graph.Nodes.Add(new Node("Sqrt", ["offset"], ["root"], "root"));
        graph.Nodes.Add(new Node(Ops.Add, ["unshifted", "root"], ["logits"], "shift"));
        var options = Options("adam", 1);
        using ITrainingEngine engine = device ? new OrtDeviceEngine(model, options, 5, Device.Cpu) : new OrtEngine(model, options, 5);
        var before = engine.Capture();

        var error = Assert.Throws<NonFiniteGradientException>(() => Train(engine, 7));
        Assert.Equal((7, "offset"), (error.Step, error.Parameter));
        Assert.Contains("'offset'", error.Message, StringComparison.Ordinal);
        AssertBitsEqual(before, engine.Capture());
    }

    [Fact]
    public void A_device_that_is_not_there_is_refused_with_what_to_do()
    {
        var error = Assert.Throws<DeviceUnavailableException>(() => new OrtDeviceEngine(Perceptron(), new TrainOptions(), 1, Device.Parse("cuda:99")));
        Assert.Contains("cuda:99", error.Message, StringComparison.Ordinal);
        Assert.Contains("--device cpu", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static Dictionary<string, OptimizerOptions> Optimizers { get; } = new()
    {
        ["sgd"] = new SgdOptions { },
        ["momentum"] = new SgdOptions { Momentum = 0.9, WeightDecay = 1e-3 },
        ["nesterov"] = new SgdOptions { Momentum = 0.9, Nesterov = true },
        ["adam"] = new AdamOptions { WeightDecay = 1e-3 },
        ["adamw"] = new AdamWOptions { },
        ["adagrad"] = new AdagradOptions { WeightDecay = 1e-3, InitialAccumulator = 0.1 },
        ["rmsprop"] = new RmsPropOptions { WeightDecay = 1e-3 },
        ["rmsprop centered momentum"] = new RmsPropOptions { Alpha = 0.9, Centered = true, Momentum = 0.5 },
        ["lion"] = new LionOptions { WeightDecay = 0.1 },
        ["sgd decoupled"] = new SgdOptions { WeightDecay = 0.1, DecoupledDecay = true },
        ["momentum decoupled"] = new SgdOptions { Momentum = 0.9, WeightDecay = 0.1, DecoupledDecay = true },
        ["adagrad decoupled"] = new AdagradOptions { WeightDecay = 0.1, DecoupledDecay = true, InitialAccumulator = 0.1 },
        ["rmsprop decoupled"] = new RmsPropOptions { WeightDecay = 0.1, DecoupledDecay = true },
        ["muon"] = new MuonOptions { WeightDecay = 0.01, AdamW = new MuonAdamWOptions { Match = ["fc2.*"], LearningRate = 3e-3, WeightDecay = 0.1 } },
    };

    /// <summary>Without the bias that BatchNormalization takes out again: its gradient is rounding noise, which Adam would scale up.</summary>
    private static Model Perceptron(int hidden = 16)
    {
        var model = TestData.Perceptron(hidden: hidden);
        model.Graph.Nodes[0].Inputs.RemoveAt(2);
        model.Graph.Initializers.Remove("fc1.bias");
        return model;
    }

    private static TrainOptions Options(string optimizer, double? clipNorm) => new() { Optimizer = Optimizers[optimizer], ClipNorm = clipNorm, Threads = 1 };

    private List<StepOutcome> Train(ITrainingEngine engine, int firstStep, Action? beforeStep = null, double learningRate = 0.02)
    {
        using var loader = new BatchLoader(_data.Train, new BatchOptions { BatchSize = 20, Shuffle = true, Seed = 2 });
        var outcomes = new List<StepOutcome>();
        foreach (var batch in loader.Epoch(firstStep))
        {
            beforeStep?.Invoke();
            outcomes.Add(engine.Step(batch, new TrainingStep(firstStep + outcomes.Count, learningRate)));
        }
        Assert.Equal(Steps, outcomes.Count);
        return outcomes;
    }

    private double Evaluate(ITrainingEngine engine)
    {
        using var loader = new BatchLoader(_data.Validation, new BatchOptions { BatchSize = 100 });
        var sum = 0.0;
        foreach (var batch in loader.Epoch(0)) sum += engine.Evaluate(batch).Loss;
        return sum;
    }

    private static void AssertSameState(ITrainingEngine expected, ITrainingEngine actual)
    {
        var state = actual.Capture().ToDictionary(t => t.Name);
        var tensors = expected.Capture();
        Assert.Equal(tensors.Select(t => t.Name).Order(), state.Keys.Order());
        foreach (var tensor in tensors)
        {
            var scale = tensor.Span<float>().ToArray().Max(Math.Abs);
            foreach (var (e, a) in tensor.Span<float>().ToArray().Zip(state[tensor.Name].Span<float>().ToArray()))
                Assert.True(Math.Abs(e - a) <= Rounding * scale, $"{tensor.Name}: {e} and {a}, the largest being {scale}");
        }
    }

    private static void AssertBitsEqual(IReadOnlyList<Initializer> expected, IReadOnlyList<Initializer> actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.True(pair.First.Span<float>().SequenceEqual(pair.Second.Span<float>()), pair.First.Name));

    private static void AssertClose(string what, double expected, double actual) =>
        Assert.True(Math.Abs(expected - actual) <= Rounding * Math.Abs(expected), $"{what}: {expected} and {actual}");
}
