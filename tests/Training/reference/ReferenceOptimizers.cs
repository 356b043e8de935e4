using OnnxPipeline.Training.Optimizers;
using OnnxPipeline.Training.Schedules;

namespace OnnxPipeline.Training.Tests;

/// <summary>PyTorch's optimizers (optimizers.json): all cases begin at the same weights and see the same gradients.</summary>
/// <param name="Weights">"weight", a matrix that decays, and "bias", which does not.</param>
/// <param name="Gradients">By step, then by weight.</param>
/// <param name="RateFactors">By step: factors on the case's learning rate.</param>
public sealed record ReferenceOptimizers(
    IReadOnlyList<ReferenceTensor> Weights,
    IReadOnlyList<IReadOnlyDictionary<string, float[]>> Gradients,
    double[] RateFactors,
    IReadOnlyList<ReferenceOptimizerCase> Cases)
{
    private static readonly Lazy<ReferenceOptimizers> Loaded = new(() => ReferenceCases.Read<ReferenceOptimizers>("optimizers.json"));

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
        "SGD" => new SgdOptions { LearningRate = Options["lr"], WeightDecay = Options["weight_decay"], Momentum = Option("momentum", 0), Nesterov = Option("nesterov", 0) != 0 },
        "Adam" => Adam(new AdamOptions()),
        "AdamW" => Adam(new AdamWOptions()),
        _ => throw new InvalidDataException($"Case '{Name}': optimizer '{Optimizer}' is unknown; expected SGD, Adam or AdamW."),
    };

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

/// <summary>PyTorch's learning rates at a base rate of 1 (schedules.json).</summary>
public sealed record ReferenceSchedule(string Name, string Schedule, long TotalSteps, long StepsPerEpoch, IReadOnlyDictionary<string, double> Options, double[] Factors)
{
    private static readonly Lazy<File> Loaded = new(() => ReferenceCases.Read<File>("schedules.json"));

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
        _ => throw new InvalidDataException($"Case '{Name}': schedule '{Schedule}' is unknown; expected constant, step, cosine or one_cycle."),
    };

    private sealed record File(IReadOnlyList<ReferenceSchedule> Cases);
}
