namespace OnnxPipeline.Training.Schedules;

/// <summary>f + (1 − f)·(1 + cos(πt/T))/2 for final factor f; f itself from step T on.</summary>
internal sealed class CosineSchedule(CosineScheduleOptions options, long steps) : ISchedule
{
    public double Factor(long step)
    {
        var progress = Math.Min(1, (double)step / steps);
        return options.FinalFactor + (1 - options.FinalFactor) * (1 + Math.Cos(Math.PI * progress)) / 2;
    }
}
