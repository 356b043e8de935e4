using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Runtime;
using OnnxPipeline.Tests;
using OnnxPipeline.Training.Averaging;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.FineTuning;
using OnnxPipeline.Training.Loop;
using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Schedules;

namespace OnnxPipeline.Training.Tests;

/// <summary>Short trainings on clusters, by either engine, with every option that has state or changes a step.</summary>
internal sealed class ShortTrainings : IDisposable
{
    private static readonly TrainOptions Base = new()
    {
        Epochs = 4,
        BatchSize = 40,
        Optimizer = new SgdOptions { LearningRate = 0.05, Momentum = 0.9, WeightDecay = 1e-3 },
        Threads = 1,
    };

    private readonly TempFolder _folder = new();

    public ShortTrainings() => Data = TestData.Clusters(_folder.File("data"));

    public Dataset Data { get; }

    public static Dictionary<string, TrainOptions> Variants { get; } = new()
    {
        ["plain"] = Base,
        ["adagrad"] = Base with { Optimizer = new AdagradOptions { WeightDecay = 0.1, DecoupledDecay = true, InitialAccumulator = 0.1 } },
        ["rmsprop"] = Base with { Optimizer = new RmsPropOptions { LearningRate = 1e-3, Centered = true, Momentum = 0.5, WeightDecay = 1e-3 } },
        ["lion"] = Base with { Optimizer = new LionOptions { LearningRate = 1e-3, WeightDecay = 0.1 } },
        ["muon"] = Base with { Optimizer = new MuonOptions { AdamW = new MuonAdamWOptions { Match = ["fc2.*"], LearningRate = 3e-3 } }, ClipNorm = 1 },
        ["penalty"] = Base with { Penalty = new PenaltyOptions { L1 = 1e-2, L2 = 1e-2 }, ClipNorm = 0.5 },
        ["groups"] = Base with
        {
            ClipNorm = 0.5,
            Groups = [new GroupOptions { Match = "bn.*", LearningRate = 4, UntilEpoch = 2 }, new GroupOptions { Match = "*.bias", LearningRate = 2, WeightDecay = 0.1 }],
        },
        ["groups of adamw"] = Base with
        {
            Optimizer = new AdamWOptions { LearningRate = 0.01 },
            Groups = [new GroupOptions { Match = "fc2.*", LearningRate = 0.5, WeightDecay = 0, UntilEpoch = 3 }, new GroupOptions { Match = "bn.*", LearningRate = 3 }],
        },
        ["freeze"] = Base with { Freeze = ["fc1.weight", "bn.*"] },
        ["fine-tuning"] = Base with { FineTune = new FineTuneOptions { TrainLast = 1, UnfreezeEvery = 2, LayerDecay = 0.5, HeadRate = 2 } },
        ["plateau"] = Base with { Schedule = new PlateauScheduleOptions { Patience = 0, Threshold = 0.5, Factor = 0.3, WarmupEpochs = 0.5 } },
        ["cyclic"] = Base with { Schedule = new CyclicScheduleOptions { PeriodEpochs = 1.5, Mode = CyclicMode.Triangular2 } },
        ["ema"] = Base with { Averaging = new EmaOptions { Decay = 0.9 } },
        ["ema without warm-up"] = Base with { Averaging = new EmaOptions { Decay = 0.8, WarmUp = false }, Monitor = Monitor.Accuracy },
        ["swa"] = Base with { Averaging = new SwaOptions { StartEpoch = 2, EveryEpochs = 2 }, KeepBest = false },
        ["lookahead"] = Base with { Averaging = new LookaheadOptions { Every = 3, Alpha = 0.6 }, KeepBest = false },
        ["accumulate"] = Base with { BatchSize = 15, Accumulate = 4, ClipNorm = 0.5, Penalty = new PenaltyOptions { L1 = 1e-3 }, Averaging = new EmaOptions() },
        ["full batch"] = Base with { BatchSize = 0, Epochs = 6 },
        ["probes"] = Base with { Probes = true },
    };

    /// <summary>Every variant, on the CPU's engine and on that of devices.</summary>
    public static TheoryData<string, bool> OnBothEngines
    {
        get
        {
            var cases = new TheoryData<string, bool>();
            foreach (var name in Variants.Keys)
            {
                cases.Add(name, false);
                cases.Add(name, true);
            }
            return cases;
        }
    }

    public static TheoryData<string> Names => [.. Variants.Keys];

    public TrainResult Train(TrainOptions options, bool device = false, Model? model = null, string? checkpoint = null, ITrainingObserver? observer = null, CancellationToken cancellation = default)
    {
        model ??= Perceptron();
        using ITrainingEngine engine = device ? new OrtDeviceEngine(model, options, 1, Device.Cpu) : new OrtEngine(model, options, 1);
        var trainer = new Trainer(options, 1) { CheckpointPath = checkpoint, Observer = observer ?? new Silent() };
        return trainer.Train(model, engine, Data.Train, Data.Validation, cancellation);
    }

    /// <summary>Without the bias that BatchNormalization takes out again: its gradient is rounding noise, which some optimizers scale up.</summary>
    public static Model Perceptron(float dropout = 0.2f)
    {
        var model = TestData.Perceptron(dropout: dropout);
        model.Graph.Nodes[0].Inputs.RemoveAt(2);
        model.Graph.Initializers.Remove("fc1.bias");
        return model;
    }

    public static Model WithoutBatchNorm()
    {
        var model = TestData.Perceptron(dropout: 0);
        model.Graph.Nodes.RemoveAt(1);
        model.Graph.Nodes[1].Inputs[0] = "h1";
        foreach (var name in new[] { "bn.scale", "bn.bias", "bn.mean", "bn.variance" }) model.Graph.Initializers.Remove(name);
        return model;
    }

    public static void AssertClose(Model expected, Model actual, double tolerance)
    {
        foreach (var tensor in expected.Graph.Initializers)
        {
            var (e, a) = (tensor.Span<float>().ToArray(), actual.Graph.Initializers[tensor.Name].Span<float>().ToArray());
            var scale = e.Max(Math.Abs);
            for (var i = 0; i < e.Length; i++) Assert.True(Math.Abs(e[i] - a[i]) <= tolerance * scale, $"{tensor.Name}: {e[i]} and {a[i]}, the largest being {scale}");
        }
    }

    public string File(string name) => _folder.File(name);

    public void Dispose()
    {
        Data.Dispose();
        _folder.Dispose();
    }

    private sealed class Silent : ITrainingObserver;
}
