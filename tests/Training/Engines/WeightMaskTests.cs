using OnnxPipeline.Models;
using OnnxPipeline.Models.Numerics;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Loop;

namespace OnnxPipeline.Training.Tests.Engines;

public sealed class WeightMaskTests : IDisposable
{
    private readonly ShortTrainings _trainings = new();

    public void Dispose() => _trainings.Dispose();

    [Theory]
    [MemberData(nameof(ShortTrainings.OnBothEngines), MemberType = typeof(ShortTrainings))]
    public void Masked_weights_are_exactly_0_after_every_step_and_in_what_is_kept(string name, bool device)
    {
        var model = ShortTrainings.Perceptron();
        Initializer[] masks = [Half(model, "fc2.weight"), .. name == "freeze" ? Array.Empty<Initializer>() : [Half(model, "fc1.weight")]];
        using var engine = Create(model, ShortTrainings.Variants[name], device, masks);
        var watcher = new Watcher(() => AssertMasked(masks, engine.Capture()));
        var trained = Train(engine, model, ShortTrainings.Variants[name], watcher).Model;

        Assert.True(watcher.Looked > 4);
        AssertMasked(masks, [.. trained.Graph.Initializers]);
        Assert.NotEqual(model.Graph.Initializers["fc2.weight"].Span<float>().ToArray(), trained.Graph.Initializers["fc2.weight"].Span<float>().ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_mask_of_ones_changes_nothing(bool device)
    {
        var options = ShortTrainings.Variants["ema"];
        var model = ShortTrainings.Perceptron();
        var ones = Initializer.Create<float>("fc1.weight", [.. Enumerable.Repeat(1f, 128)], 16, 8);
        using var masked = Create(model, options, device, [ones]);
        Assert.Equal(_trainings.Train(options, device).Model.ToBytes(), Train(masked, model, options).Model.ToBytes());
    }

    [Fact]
    public void Both_engines_train_masked_weights_alike()
    {
        var options = ShortTrainings.Variants["accumulate"];
        var model = ShortTrainings.WithoutBatchNorm();
        Initializer[] masks = [Half(model, "fc1.weight"), Half(model, "fc2.weight")];
        using var cpu = Create(model, options, device: false, masks);
        using var graph = Create(model, options, device: true, masks);
        ShortTrainings.AssertClose(Train(cpu, model, options).Model, Train(graph, model, options).Model, 1e-3);
    }

    /// <summary>Masks that grow with the steps, with averages and momentum from before they grew.</summary>
    [Theory]
    [InlineData("plain", false)]
    [InlineData("plain", true)]
    [InlineData("ema", false)]
    [InlineData("ema", true)]
    [InlineData("lookahead", true)]
    [InlineData("swa", false)]
    [InlineData("muon", false)]
    [InlineData("muon", true)]
    public void Growing_masks_are_kept_exactly_and_a_resumed_run_ends_with_the_same_bytes(string name, bool device)
    {
        var options = ShortTrainings.Variants[name] with { KeepBest = false };
        var model = ShortTrainings.Perceptron();
        Initializer[] ones = [Initializer.Create<float>("fc1.weight", [.. Enumerable.Repeat(1f, 128)], 16, 8)];
        TrainResult Run(string checkpoint, CancellationToken cancellation, ITrainingObserver? observer = null)
        {
            using var engine = Create(model, options, device, ones);
            return Train(engine, model, options, observer, new Growing(), checkpoint, cancellation);
        }

        var expected = Run(_trainings.File("whole.onnx"), default).Model;
        Assert.Equal(Growing.Most, expected.Graph.Initializers["fc1.weight"].Span<float>().ToArray().Count(w => w == 0));
        foreach (var step in new[] { 5, 12, 23 })
        {
            using var source = new CancellationTokenSource();
            var taken = 0;
            var checkpoint = _trainings.File($"{step}.onnx");
            Assert.ThrowsAny<OperationCanceledException>(() => { Run(checkpoint, source.Token, new Watcher(() => { if (++taken == step) source.Cancel(); })); });
            Assert.Equal(expected.ToBytes(), Run(checkpoint, default).Model.ToBytes());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_mask_must_be_of_a_trained_weight_and_of_its_size(bool device)
    {
        var model = ShortTrainings.Perceptron();
        var options = ShortTrainings.Variants["plain"];
        Assert.Contains("'nothing'", Assert.Throws<TrainingException>(() => Create(model, options, device, [Initializer.Create<float>("nothing", [1], 1)])).Message, StringComparison.Ordinal);
        Assert.Contains("has 1 elements", Assert.Throws<TrainingException>(() => Create(model, options, device, [Initializer.Create<float>("fc1.weight", [1], 1)])).Message, StringComparison.Ordinal);
        using var engine = Create(model, options, device, []);
        Assert.Contains("was not masked when training began", Assert.Throws<TrainingException>(() => engine.SetMasks([Half(model, "fc1.weight")])).Message, StringComparison.Ordinal);
    }

    private static ITrainingEngine Create(Model model, TrainOptions options, bool device, IReadOnlyList<Initializer> masks) =>
        device ? new OrtDeviceEngine(model, options, 1, Device.Cpu, masks: masks) : new OrtEngine(model, options, 1, masks: masks);

    private TrainResult Train(ITrainingEngine engine, Model model, TrainOptions options, ITrainingObserver? observer = null, IMaskSchedule? schedule = null, string? checkpoint = null, CancellationToken cancellation = default) =>
        new Trainer(options, 1) { Observer = observer ?? new Watcher(() => { }), MaskSchedule = schedule, CheckpointPath = checkpoint }.Train(model, engine, _trainings.Data.Train, _trainings.Data.Validation, cancellation);

    private static Initializer Half(Model model, string weight)
    {
        var random = new CounterRandom(4, RandomPurpose.Sampling);
        var mask = Initializer.Zeros(weight, ElementType.Float, model.Graph.Initializers[weight].Dims);
        foreach (ref var value in mask.Span<float>()) value = random.Next(2);
        return mask;
    }

    private static void AssertMasked(IEnumerable<Initializer> masks, IReadOnlyList<Initializer> tensors)
    {
        foreach (var mask in masks)
        {
            foreach (var tensor in tensors.Where(t => t.Name == mask.Name || t.Name == $"{mask.Name}/average"))
            {
                for (var i = 0; i < tensor.ElementCount; i++) Assert.True(mask.Span<float>()[i] == 1 || tensor.Span<float>()[i] == 0, $"{tensor.Name}[{i}] is {tensor.Span<float>()[i]}");
            }
        }
    }

    private sealed class Watcher(Action look) : ITrainingObserver
    {
        public int Looked { get; private set; }

        public void Stepped(in StepFacts facts)
        {
            Looked++;
            look();
        }
    }

    /// <summary>Every seventh step the smallest weights that are left go, ten at a time.</summary>
    private sealed class Growing : IMaskSchedule
    {
        public const int Most = 50;

        public IReadOnlyList<Initializer>? Before(long step, long steps, Func<IReadOnlyList<Initializer>> state)
        {
            if (step % 7 != 0 || step == 0) return null;
            var weight = state().First(t => t.Name == "fc1.weight").Clone();
            var mask = Initializer.Zeros("fc1.weight", ElementType.Float, weight.Dims);
            var values = weight.Span<float>().ToArray();
            foreach (var i in Enumerable.Range(0, values.Length).OrderBy(i => Math.Abs(values[i])).Skip((int)Math.Min(Most, 10 * step / 7))) mask.Span<float>()[i] = 1;
            return [mask];
        }
    }
}
