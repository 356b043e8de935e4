namespace OnnxPipeline.Training.Schedules;

/// <summary>b + (1 − b)·(1 − |1 − 2u|)·s for base factor b and the share u of its period that step t has gone; s is 1, 1/2 to the number of periods gone by, or γ to the number of epochs.</summary>
internal sealed class CyclicSchedule(CyclicScheduleOptions options, long stepsPerEpoch) : ISchedule
{
    private readonly double _period = Math.Max(2, Math.Round(options.PeriodEpochs * stepsPerEpoch));

    public double Factor(long step)
    {
        var height = options.Mode switch
        {
            CyclicMode.Triangular => 1,
            CyclicMode.Triangular2 => Math.Pow(0.5, Math.Floor(step / _period)),
            _ => Math.Pow(options.Gamma, (double)step / stepsPerEpoch),
        };
        return options.BaseFactor + (1 - options.BaseFactor) * (1 - Math.Abs(1 - 2 * (step % _period) / _period)) * height;
    }
}
