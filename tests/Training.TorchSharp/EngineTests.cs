using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Runtime;
using OnnxPipeline.Tests;
using OnnxPipeline.Training.Autodiff;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Tests;

namespace OnnxPipeline.Training.TorchSharp.Tests;

/// <summary>The "torch" engine's contract, beside the "ort" engine.</summary>
public sealed class EngineTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dataset _data;

    public EngineTests() => _data = TestData.Clusters(_folder.File("data"));

    public void Dispose()
    {
        _data.Dispose();
        _folder.Dispose();
    }

    public static TheoryData<string, double?> Cases
    {
        get
        {
            var cases = new TheoryData<string, double?>();
            foreach (var name in Optimizers.Keys)
            {
                cases.Add(name, null);
                cases.Add(name, 0.3);
            }
            return cases;
        }
    }

    [TorchTheory]
    [MemberData(nameof(Cases))]
    public void Every_optimizer_takes_the_ort_engines_steps(string optimizer, double? clipNorm)
    {
        var options = new TrainOptions { Optimizer = Optimizers[optimizer], ClipNorm = clipNorm, Threads = 1 };
        using var ort = new OrtEngine(ShortTrainings.Perceptron(), options, seed: 5);
        using var torch = Create(ShortTrainings.Perceptron(), options);

        foreach (var (expected, actual) in Train(ort).Zip(Train(torch)))
        {
            Assert.Equal(expected.Loss, actual.Loss, 1e-4 * expected.Loss);
            Assert.Equal(expected.GradientNorm, actual.GradientNorm, 1e-4 * Math.Max(1, expected.GradientNorm));
            Assert.Equal((expected.Correct, expected.Count), (actual.Correct, actual.Count));
        }
        var state = torch.Capture().ToDictionary(t => t.Name);
        Assert.Equal(ort.Capture().Select(t => t.Name).Order(), state.Keys.Order());
        foreach (var expected in ort.Capture()) Closeness.Assert(expected.Span<float>().ToArray(), state[expected.Name].Span<float>().ToArray(), 1e-3, $"{optimizer}: '{expected.Name}'");
    }

    [TorchFact]
    public void Masked_weights_stay_0_and_masks_can_grow()
    {
        var options = ShortTrainings.Variants["ema"];
        var model = ShortTrainings.Perceptron();
        var (half, most) = (Mask(model, "fc1.weight", 2), Mask(model, "fc1.weight", 8));
        using var torch = TorchEngines.Create(model, options, 1, Device.Cpu, masks: [half]);
        using var ort = new OrtEngine(model, options, 1, masks: [half]);
        foreach (var engine in new[] { torch, ort }) Train(engine);
        AssertMasked(half, torch);
        foreach (var engine in new[] { torch, ort })
        {
            engine.SetMasks([most]);
            Train(engine);
        }
        AssertMasked(most, torch);
        foreach (var expected in ort.Capture()) Closeness.Assert(expected.Span<float>().ToArray(), torch.Capture().First(t => t.Name == expected.Name).Span<float>().ToArray(), 1e-3, expected.Name);
    }

    [TorchFact]
    public void Mixed_samples_have_the_ort_engines_loss()
    {
        var options = new TrainOptions { Optimizer = new SgdOptions { LearningRate = 0.05 }, Threads = 1 };
        using var images = Images(_folder.File("images"));
        var model = ImageModel();
        using var ort = new OrtEngine(model, options, 1, mixed: true);
        using var torch = TorchEngines.Create(model, options, 1, Device.Cpu, mixed: true);
        using var loader = new BatchLoader(images.Train, new BatchOptions { BatchSize = 10, Augment = new AugmentOptions { Mixup = 0.4, Cutmix = 1 } });
        var step = 0;
        foreach (var batch in loader.Epoch(0))
        {
            var at = new TrainingStep(++step, 0.05);
            var (expected, actual) = (ort.Step(batch, at), torch.Step(batch, at));
            Assert.Equal(expected.Loss, actual.Loss, 1e-4 * expected.Loss);
            Assert.Equal(expected.Correct, actual.Correct);
        }
        Assert.Equal(4, step);
    }

    [TorchFact]
    public void A_loss_that_is_not_finite_is_thrown_with_step_and_tensor_and_leaves_the_weights()
    {
        using var engine = Create(ShortTrainings.Perceptron(), new TrainOptions { Optimizer = new SgdOptions() });
        var before = engine.Capture();
        var error = Assert.Throws<NonFiniteLossException>(() => Train(engine, () => before = engine.Capture(), learningRate: 1e30));
        Assert.InRange(error.Step, 2, 8);
        Assert.NotNull(error.FirstBadTensor);
        AssertBitsEqual(before, engine.Capture());
    }

    /// <summary>The slope of a square root is infinite at 0, where its value is fine.</summary>
    [TorchFact]
    public void With_clipping_a_gradient_that_is_not_finite_is_thrown_with_its_parameter_and_leaves_the_weights()
    {
        var model = ShortTrainings.Perceptron();
        var graph = model.Graph;
        graph.Initializers.Add(Initializer.Create<float>("offset", new float[4], 4));
        graph.Nodes[^1].Outputs[0] = "unshifted";
        graph.Nodes.Add(new Node(Ops.Sqrt, ["offset"], ["root"], "root"));
        graph.Nodes.Add(new Node(Ops.Add, ["unshifted", "root"], ["logits"], "shift"));
        using var engine = Create(model, new TrainOptions { ClipNorm = 1 });
        var before = engine.Capture();
        var error = Assert.Throws<NonFiniteGradientException>(() => Train(engine));
        Assert.Equal((1, "offset"), (error.Step, error.Parameter));
        AssertBitsEqual(before, engine.Capture());
    }

    [TorchFact]
    public void A_state_of_another_model_is_refused_and_the_engine_keeps_its_own()
    {
        using var small = Create(TestData.Perceptron(), new TrainOptions());
        using var large = Create(TestData.Perceptron(hidden: 20), new TrainOptions());
        var before = large.Capture();
        var error = Assert.Throws<TrainingException>(() => large.Restore(small.Capture().ToDictionary(t => t.Name)));
        Assert.Contains("another model", error.Message, StringComparison.Ordinal);
        AssertBitsEqual(before, large.Capture());
    }

    [TorchFact]
    public void All_nodes_without_a_translation_are_listed_at_once()
    {
        var model = ShortTrainings.Perceptron();
        var graph = model.Graph;
        graph.Nodes.Insert(0, new Node(Ops.Hardmax, ["x"], ["hard"], "harden it"));
        graph.Nodes.Insert(1, new Node(Ops.Hardmax, ["hard"], ["harder"], "and again"));
        graph.Nodes[2].Inputs[0] = "harder";
        var error = Assert.Throws<TrainingException>(() => Create(model, new TrainOptions()));
        Assert.Contains("2 node(s)", error.Message, StringComparison.Ordinal);
        Assert.Contains("'harden it': Hardmax", error.Message, StringComparison.Ordinal);
        Assert.Contains("'and again'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Gemm", error.Message, StringComparison.Ordinal);
    }

    [TorchFact]
    public void An_op_that_passes_no_gradient_on_is_refused_as_by_ort()
    {
        var model = ShortTrainings.Perceptron();
        model.Graph.Nodes.Insert(2, new Node(Ops.Round, ["h2"], ["h2.round"], "round it"));
        model.Graph.Nodes[3].Inputs[0] = "h2.round";
        var error = Assert.Throws<AutodiffException>(() => Create(model, new TrainOptions()));
        Assert.Contains("round it", error.Message, StringComparison.Ordinal);
    }

    [TorchFact]
    public void A_device_that_is_not_there_is_refused_with_what_to_do()
    {
        var error = Assert.Throws<DeviceUnavailableException>(() => TorchEngines.Create(TestData.Perceptron(), new TrainOptions(), 1, Device.Parse("cuda:99")));
        Assert.Contains("cuda:99", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    /// <summary>Products in 16 bits are off by 2⁻⁸ each; what is kept is float32.</summary>
    [TorchFact]
    public void In_bfloat16_a_training_goes_nearly_as_in_float32_and_learns()
    {
        var options = new TrainOptions { Optimizer = new SgdOptions { LearningRate = 0.05, Momentum = 0.9 }, Threads = 1 };
        using var full = Create(ShortTrainings.Perceptron(), options);
        using var half = Create(ShortTrainings.Perceptron(), options with { Precision = Precision.Bfloat16 });
        List<StepOutcome> Epochs(ITrainingEngine engine) => [.. Enumerable.Range(0, 4).SelectMany(_ => Train(engine, learningRate: 0.05))];
        var (expected, actual) = (Epochs(full), Epochs(half));
        Assert.NotEqual(expected[0].Loss, actual[0].Loss);
        foreach (var (e, a) in expected.Zip(actual)) Assert.Equal(e.Loss, a.Loss, 0.1 * e.Loss + 0.5);
        Assert.True(actual[^1].Loss < 0.6 * actual[0].Loss);
        Assert.All(half.Capture(), tensor => Assert.Equal(ElementType.Float, tensor.ElementType));
    }

    [Fact]
    public void Without_TorchSharp_the_engine_says_how_to_build_with_it()
    {
        if (TorchEngines.Absence is not { } absence)
        {
            Assert.True(TorchEngines.IsBuilt);
            Assert.StartsWith("torch ", TorchEngines.Version, StringComparison.Ordinal);
            return;
        }
        Assert.False(TorchEngines.IsBuilt);
        Assert.Contains("-p:TorchSharp=true", absence, StringComparison.Ordinal);
        Assert.Equal(absence, Assert.Throws<TrainingException>(() => TorchEngines.Create(TestData.Perceptron(), new TrainOptions(), 1, Device.Cpu)).Message);
        Assert.Equal(absence, Assert.Throws<TrainingException>(() => TorchEngines.Version).Message);
    }

    private static Dictionary<string, OptimizerOptions> Optimizers { get; } = new()
    {
        ["sgd"] = new SgdOptions(),
        ["momentum"] = new SgdOptions { Momentum = 0.9, WeightDecay = 1e-3 },
        ["nesterov"] = new SgdOptions { Momentum = 0.9, Nesterov = true },
        ["momentum decoupled"] = new SgdOptions { Momentum = 0.9, WeightDecay = 0.1, DecoupledDecay = true },
        ["adam"] = new AdamOptions { WeightDecay = 1e-3 },
        ["adamw"] = new AdamWOptions(),
        ["adagrad"] = new AdagradOptions { WeightDecay = 1e-3, InitialAccumulator = 0.1 },
        ["rmsprop"] = new RmsPropOptions { WeightDecay = 1e-3, LearningRate = 1e-3 },
        ["rmsprop with momentum"] = new RmsPropOptions { Momentum = 0.5, LearningRate = 1e-3 },
        ["rmsprop centered"] = new RmsPropOptions { Alpha = 0.9, Centered = true, Momentum = 0.5, LearningRate = 1e-3 },
        ["lion"] = new LionOptions { WeightDecay = 0.1 },
        ["muon"] = new MuonOptions { WeightDecay = 0.01, AdamW = new MuonAdamWOptions { Match = ["fc2.*"], LearningRate = 3e-3, WeightDecay = 0.1 } },
    };

    private static ITrainingEngine Create(Model model, TrainOptions options) => TorchEngines.Create(model, options, 5, Device.Cpu);

    private List<StepOutcome> Train(ITrainingEngine engine, Action? beforeStep = null, double learningRate = 5e-3)
    {
        using var loader = new BatchLoader(_data.Train, new BatchOptions { BatchSize = 40, Shuffle = true, Seed = 2 });
        var outcomes = new List<StepOutcome>();
        foreach (var batch in loader.Epoch(0))
        {
            beforeStep?.Invoke();
            outcomes.Add(engine.Step(batch, new TrainingStep(outcomes.Count + 1, learningRate)));
        }
        return outcomes;
    }

    private static Initializer Mask(Model model, string weight, int oneIn)
    {
        var random = new CounterRandom(4, RandomPurpose.Sampling);
        var mask = Initializer.Zeros(weight, ElementType.Float, model.Graph.Initializers[weight].Dims);
        foreach (ref var value in mask.Span<float>()) value = random.Next(oneIn) == 0 ? 1 : 0;
        return mask;
    }

    private static void AssertMasked(Initializer mask, ITrainingEngine engine)
    {
        foreach (var tensor in engine.Capture().Where(t => t.Name == mask.Name || t.Name == $"{mask.Name}/average"))
        {
            for (var i = 0; i < tensor.ElementCount; i++) Assert.True(mask.Span<float>()[i] == 1 || tensor.Span<float>()[i] == 0, $"{tensor.Name}[{i}] is {tensor.Span<float>()[i]}");
        }
    }

    private static void AssertBitsEqual(IReadOnlyList<Initializer> expected, IReadOnlyList<Initializer> actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.True(pair.First.Span<float>().SequenceEqual(pair.Second.Span<float>()), pair.First.Name));

    /// <summary>40 images of 2x6x6 pixels in four classes.</summary>
    private static Dataset Images(string folder)
    {
        var random = new CounterRandom(3, RandomPurpose.Sampling);
        var pixels = new byte[40 * 72];
        foreach (ref var pixel in pixels.AsSpan()) pixel = (byte)random.NextUInt32();
        DatasetWriter.Write(folder, new DatasetContent
        {
            Name = "noise",
            Labels = ["a", "b", "c", "d"],
            Train = new SampleSet([new SampleTensor("image", DataKind.UInt8, [2, 6, 6], pixels)], Enumerable.Range(0, 40).Select(i => (long)(i % 4)).ToArray()),
        });
        return Dataset.Open(folder);
    }

    private static Model ImageModel()
    {
        var random = new CounterRandom(3, RandomPurpose.Initialization);
        var graph = new Graph("images");
        graph.Inputs.Add(new Value("image", ElementType.UInt8, "batch", 2, 6, 6));
        graph.Outputs.Add(new Value("logits", ElementType.Float, "batch", 4));
        graph.Initializers.Add(Initializer.Create<float>("weight", [.. Enumerable.Range(0, 288).Select(_ => (float)(0.002 * random.NextNormal()))], 4, 72));
        graph.Nodes.Add(new Node(Ops.Cast, ["image"], ["float"]).Set("to", (long)ElementType.Float));
        graph.Nodes.Add(new Node(Ops.Flatten, ["float"], ["flat"]));
        graph.Nodes.Add(new Node(Ops.Gemm, ["flat", "weight"], ["logits"]).Set("transB", 1));
        return new Model(graph);
    }
}
