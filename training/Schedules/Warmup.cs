namespace OnnxPipeline.Training.Schedules;

/// <summary>A linear rise in equal increments to the first factor of another schedule, which then begins.</summary>
internal sealed class Warmup(ISchedule then, long steps) : ISchedule
{
    public double Factor(long step) => step < steps
        ? then.Factor(0) * (step + 1) / (steps + 1)
        : then.Factor(step - steps);

    public ISchedule After(IReadOnlyList<double> validationLosses) => new Warmup(then.After(validationLosses), steps);
}
