namespace OnnxPipeline.Training.Schedules;

/// <summary>(1 − t/T)ᵖ; 0 from step T on.</summary>
internal sealed class PolynomialSchedule(PolynomialScheduleOptions options, long steps) : ISchedule
{
    public double Factor(long step) => Math.Pow(1 - Math.Min(1, (double)step / steps), options.Power);
}
