namespace OnnxPipeline.Training.Schedules;

/// <summary>Options every learning-rate schedule has. A schedule is a factor on the base learning rate, a pure function of the step.</summary>
public abstract record ScheduleOptions
{
    /// <summary>Epochs (fractions allowed) over which the factor rises linearly from near 0 before the schedule proper begins.</summary>
    public double WarmupEpochs { get; init; }
}

public sealed record ConstantScheduleOptions : ScheduleOptions;

/// <summary>Multiplies by <see cref="Gamma"/> every <see cref="EveryEpochs"/> epochs.</summary>
public sealed record StepScheduleOptions : ScheduleOptions
{
    public double EveryEpochs { get; init; } = 10;

    public double Gamma { get; init; } = 0.1;
}

/// <summary>Half a cosine from 1 to <see cref="FinalFactor"/> (Loshchilov and Hutter 2017, without restarts).</summary>
public sealed record CosineScheduleOptions : ScheduleOptions
{
    public double FinalFactor { get; init; }
}

/// <summary>One cycle (Smith and Topin 2018), cosine-annealed as in PyTorch: 1/<see cref="StartDivisor"/> up to 1, then down to 1/(<see cref="StartDivisor"/>·<see cref="FinalDivisor"/>).</summary>
public sealed record OneCycleScheduleOptions : ScheduleOptions
{
    /// <summary>Share of all steps spent rising, in (0, 1).</summary>
    public double RisingShare { get; init; } = 0.3;

    public double StartDivisor { get; init; } = 25;

    public double FinalDivisor { get; init; } = 1e4;
}
