using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Schedules;

namespace OnnxPipeline.Training.Tests;

/// <summary>PyTorch's optimizers (optimizers.json), and Lion, which it lacks (<see cref="LionReference"/>): all cases begin at the same weights and see the same gradients.</summary>
/// <param name="Weights">"weight", a matrix that decays, and "bias", which does not.</param>
/// <param name="Gradients">By step, then by weight.</param>
/// <param name="RateFactors">By step: factors on the case's learning rate.</param>
public sealed record ReferenceOptimizers(
    IReadOnlyList<ReferenceTensor> Weights,
    IReadOnlyList<IReadOnlyDictionary<string, float[]>> Gradients,
    double[] RateFactors,
    IReadOnlyList<ReferenceOptimizerCase> Cases,
    IReadOnlyList<ReferencePenalty> Penalties)
{
    private static readonly Lazy<ReferenceOptimizers> Loaded = new(() =>
    {
        var pyTorch = ReferenceCases.Read<ReferenceOptimizers>("optimizers.json");
        return pyTorch with { Cases = [.. pyTorch.Cases, .. LionReference.Cases(pyTorch)] };
    });

    public static ReferenceOptimizers All => Loaded.Value;

    public static TheoryData<string> Names => [.. All.Cases.Select(c => c.Name)];

    public static ReferenceOptimizerCase Case(string name) => All.Cases.First(c => c.Name == name);
}

/// <param name="WeightsAfter">By step number, then by weight.</param>
/// <param name="State">After the last step, by "weight/slot".</param>
/// <param name="Norms">By step: the gradients' global norm before clipping, where the case clips.</param>
public sealed record ReferenceOptimizerCase(
    string Name,
    string Optimizer,
    IReadOnlyDictionary<string, double> Options,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, float[]>> WeightsAfter,
    IReadOnlyDictionary<string, float[]> State,
    double[]? Norms = null)
{
    public double? Clip => Options.TryGetValue("clip", out var clip) ? clip : null;

    public OptimizerOptions ToOptions() => Optimizer switch
    {
        "SGD" => new SgdOptions { LearningRate = Options["lr"], WeightDecay = Options["weight_decay"], Momentum = Option("momentum", 0), Nesterov = Option("nesterov", 0) != 0, DecoupledDecay = IsDecoupled },
        "Adam" => Adam(new AdamOptions()),
        "AdamW" => Adam(new AdamWOptions()),
        "Adagrad" => new AdagradOptions
        {
            LearningRate = Options["lr"],
            WeightDecay = Options["weight_decay"],
            InitialAccumulator = Option("initial_accumulator_value", 0),
            Epsilon = Option("eps", new AdagradOptions().Epsilon),
            DecoupledDecay = IsDecoupled,
        },
        "RMSprop" => new RmsPropOptions
        {
            LearningRate = Options["lr"],
            WeightDecay = Options["weight_decay"],
            Alpha = Option("alpha", new RmsPropOptions().Alpha),
            Epsilon = Option("eps", new RmsPropOptions().Epsilon),
            Momentum = Option("momentum", 0),
            Centered = Option("centered", 0) != 0,
            DecoupledDecay = IsDecoupled,
        },
        "Lion" => new LionOptions { LearningRate = Options["lr"], WeightDecay = Options["weight_decay"], Beta1 = Options["beta1"], Beta2 = Options["beta2"] },
        "Muon" => new MuonOptions
        {
            LearningRate = Options["lr"],
            WeightDecay = Options["weight_decay"],
            Momentum = Options["momentum"],
            Nesterov = Options["nesterov"] != 0,
            AdamW = new MuonAdamWOptions { LearningRate = Options["adamw_lr"], Beta1 = Options["beta1"], Beta2 = Options["beta2"], Epsilon = Options["adamw_eps"] },
        },
        _ => throw new InvalidDataException($"Case '{Name}': optimizer '{Optimizer}' is unknown; expected SGD, Adam, AdamW, Adagrad, RMSprop, Lion or Muon."),
    };

    private bool IsDecoupled => Option("decoupled", 0) != 0;

    private AdamOptions Adam(AdamOptions defaults) => defaults with
    {
        LearningRate = Options["lr"],
        WeightDecay = Options["weight_decay"],
        Beta1 = Option("beta1", defaults.Beta1),
        Beta2 = Option("beta2", defaults.Beta2),
        Epsilon = Option("eps", defaults.Epsilon),
    };

    private double Option(string name, double otherwise) => Options.TryGetValue(name, out var value) ? value : otherwise;
}

/// <summary>The gradient of λ₁‖w‖₁ + λ₂‖w‖₂² by PyTorch's autograd.</summary>
public sealed record ReferencePenalty(double L1, double L2, float[] Weights, float[] Gradient);

/// <summary>PyTorch's learning rates at a base rate of 1 (schedules.json).</summary>
public sealed record ReferenceSchedule(string Name, string Schedule, long TotalSteps, long StepsPerEpoch, IReadOnlyDictionary<string, double> Options, double[] Factors)
{
    private static readonly Lazy<File> Loaded = new(() => ReferenceCases.Read<File>("schedules.json"));

    public static IReadOnlyList<ReferencePlateau> Plateaus => Loaded.Value.Plateaus;

    public static TheoryData<string> Names => [.. Loaded.Value.Cases.Select(c => c.Name)];

    public static ReferenceSchedule Case(string name) => Loaded.Value.Cases.First(c => c.Name == name);

    public ScheduleOptions ToOptions() => Schedule switch
    {
        "constant" => new ConstantScheduleOptions { WarmupEpochs = Options["warmup_epochs"] },
        "step" => new StepScheduleOptions { WarmupEpochs = Options["warmup_epochs"], EveryEpochs = Options["every_epochs"], Gamma = Options["gamma"] },
        "cosine" => new CosineScheduleOptions { WarmupEpochs = Options["warmup_epochs"], FinalFactor = Options["final_factor"] },
        "one_cycle" => new OneCycleScheduleOptions
        {
            WarmupEpochs = Options["warmup_epochs"],
            RisingShare = Options["rising_share"],
            StartDivisor = Options["start_divisor"],
            FinalDivisor = Options["final_divisor"],
        },
        "linear" => new LinearScheduleOptions { WarmupEpochs = Options["warmup_epochs"], FinalFactor = Options["final_factor"] },
        "inverse_square_root" => new InverseSquareRootScheduleOptions { WarmupEpochs = Options["warmup_epochs"], TimescaleEpochs = Options["timescale_epochs"] },
        "exponential" => new ExponentialScheduleOptions { WarmupEpochs = Options["warmup_epochs"], Gamma = Options["gamma"] },
        "polynomial" => new PolynomialScheduleOptions { WarmupEpochs = Options["warmup_epochs"], Power = Options["power"] },
        "cosine_restarts" => new CosineRestartsScheduleOptions
        {
            WarmupEpochs = Options["warmup_epochs"],
            PeriodEpochs = Options["period_epochs"],
            PeriodMultiplier = (int)Options["period_multiplier"],
            FinalFactor = Options["final_factor"],
        },
        "cyclic" => new CyclicScheduleOptions
        {
            WarmupEpochs = Options["warmup_epochs"],
            Mode = (CyclicMode)(int)Options["mode"],
            PeriodEpochs = Options["period_epochs"],
            BaseFactor = Options["base_factor"],
            Gamma = Options.GetValueOrDefault("gamma", 1),
        },
        _ => throw new InvalidDataException($"Case '{Name}': schedule '{Schedule}' is unknown; expected constant, step, cosine, one_cycle, linear, inverse_square_root, exponential, polynomial, cosine_restarts or cyclic."),
    };

    private sealed record File(IReadOnlyList<ReferenceSchedule> Cases, IReadOnlyList<ReferencePlateau> Plateaus);
}

/// <param name="Losses">By epoch.</param>
/// <param name="Factors">By epoch, and the one after the last.</param>
public sealed record ReferencePlateau(string Name, IReadOnlyDictionary<string, double> Options, double[] Losses, double[] Factors)
{
    public PlateauScheduleOptions ToOptions()
    {
        var defaults = new PlateauScheduleOptions();
        return new()
        {
            Factor = Options["factor"],
            Patience = (int)Options["patience"],
            Cooldown = (int)Options.GetValueOrDefault("cooldown"),
            MinFactor = Options.GetValueOrDefault("min_lr"),
            Threshold = Options.GetValueOrDefault("threshold", defaults.Threshold),
        };
    }
}
