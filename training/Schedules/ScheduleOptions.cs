namespace OnnxPipeline.Training.Schedules;

/// <summary>Options every learning-rate schedule has. A schedule is a factor on the base learning rate.</summary>
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

/// <summary>A straight line from 1 to <see cref="FinalFactor"/> at the end of training.</summary>
public sealed record LinearScheduleOptions : ScheduleOptions
{
    public double FinalFactor { get; init; }
}

/// <summary>1/√(1 + t/τ) after t epochs (fractions counted, warm-up not): the rate of stochastic approximation (Robbins and Monro 1951), for trainings whose length is open.</summary>
public sealed record InverseSquareRootScheduleOptions : ScheduleOptions
{
    /// <summary>τ, in epochs, above 0: after 3τ the factor is a half, after 99τ a tenth.</summary>
    public double TimescaleEpochs { get; init; } = 1;
}

/// <summary>Multiplies by <see cref="Gamma"/> each epoch, smoothly: after t epochs (fractions counted) the factor is γᵗ.</summary>
public sealed record ExponentialScheduleOptions : ScheduleOptions
{
    public double Gamma { get; init; } = 0.9;
}

/// <summary>(1 − share of training done) to a power, down to 0 at the end.</summary>
public sealed record PolynomialScheduleOptions : ScheduleOptions
{
    /// <summary>Above 0; 1 is a straight line.</summary>
    public double Power { get; init; } = 2;
}

/// <summary>Half a cosine from 1 to <see cref="FinalFactor"/>, again and again (SGDR, Loshchilov and Hutter 2017).</summary>
public sealed record CosineRestartsScheduleOptions : ScheduleOptions
{
    /// <summary>Length of the first period, in epochs (fractions allowed).</summary>
    public double PeriodEpochs { get; init; } = 10;

    /// <summary>How many times as long as the last each further period is: a whole number from 1.</summary>
    public int PeriodMultiplier { get; init; } = 1;

    public double FinalFactor { get; init; }
}

/// <summary>How the peaks of a cyclic schedule go on.</summary>
public enum CyclicMode
{
    /// <summary>All are as high.</summary>
    Triangular,

    /// <summary>Each rises half as far above the base as the last.</summary>
    Triangular2,

    /// <summary>Their height above the base falls by gamma each epoch, smoothly.</summary>
    ExpRange,
}

/// <summary>Straight up from <see cref="BaseFactor"/> to 1 and down again, over and over (Smith 2017, "Cyclical Learning Rates for Training Neural Networks").</summary>
public sealed record CyclicScheduleOptions : ScheduleOptions
{
    public CyclicMode Mode { get; init; } = CyclicMode.Triangular;

    /// <summary>Length of the way up and down together, in epochs (fractions allowed).</summary>
    public double PeriodEpochs { get; init; } = 10;

    /// <summary>The lowest factor.</summary>
    public double BaseFactor { get; init; } = 0.1;

    /// <summary>What an epoch leaves of the peaks' height, for the exponential range alone.</summary>
    public double Gamma { get; init; } = 0.95;
}

/// <summary>Multiplies by <see cref="Factor"/> when the validation loss no longer improves, as PyTorch's ReduceLROnPlateau. It needs validation samples.</summary>
public sealed record PlateauScheduleOptions : ScheduleOptions
{
    /// <summary>In (0, 1).</summary>
    public double Factor { get; init; } = 0.1;

    /// <summary>Epochs in a row without improvement that are borne; one more, and the rate falls.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>The least decrease of the validation loss, as a share of the best, that counts as improvement.</summary>
    public double Threshold { get; init; } = 1e-4;

    /// <summary>Epochs after a fall in which none counts as without improvement.</summary>
    public int Cooldown { get; init; }

    /// <summary>The lowest factor.</summary>
    public double MinFactor { get; init; }
}
