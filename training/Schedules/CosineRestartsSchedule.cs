namespace OnnxPipeline.Training.Schedules;

/// <summary>f + (1 − f)·(1 + cos(πt/T))/2 for final factor f, at step t of a period of T. A period is a whole number of steps.</summary>
internal sealed class CosineRestartsSchedule(CosineRestartsScheduleOptions options, long stepsPerEpoch) : ISchedule
{
    private readonly double _firstPeriod = Math.Max(1, Math.Round(options.PeriodEpochs * stepsPerEpoch));

    public double Factor(long step)
    {
        var (since, period) = Locate(step);
        return options.FinalFactor + (1 - options.FinalFactor) * (1 + Math.Cos(Math.PI * since / period)) / 2;
    }

    /// <summary>How many steps of its period are done before <paramref name="step"/>, and the period's length. Whole numbers, so restarts fall on their very step.</summary>
    private (double Since, double Period) Locate(double step)
    {
        if (options.PeriodMultiplier == 1) return (step % _firstPeriod, _firstPeriod);
        var period = _firstPeriod;
        while (step >= period)
        {
            step -= period;
            period *= options.PeriodMultiplier;
        }
        return (step, period);
    }
}
