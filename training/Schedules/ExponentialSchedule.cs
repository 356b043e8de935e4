namespace OnnxPipeline.Training.Schedules;

/// <summary>γ to the power of t, where t counts epochs and their fractions.</summary>
internal sealed class ExponentialSchedule(ExponentialScheduleOptions options, long stepsPerEpoch) : ISchedule
{
    public double Factor(long step) => Math.Pow(options.Gamma, (double)step / stepsPerEpoch);
}
