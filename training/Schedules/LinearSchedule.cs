namespace OnnxPipeline.Training.Schedules;

/// <summary>f + (1 − f)·(1 − t/T) for final factor f; f itself from step T on.</summary>
internal sealed class LinearSchedule(LinearScheduleOptions options, long steps) : ISchedule
{
    public double Factor(long step) =>
        options.FinalFactor + (1 - options.FinalFactor) * (1 - Math.Min(1, (double)step / steps));
}
