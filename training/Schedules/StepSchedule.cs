namespace OnnxPipeline.Training.Schedules;

/// <summary>γ to the number of whole periods gone by. A period is a whole number of steps.</summary>
internal sealed class StepSchedule(StepScheduleOptions options, long stepsPerEpoch) : ISchedule
{
    private readonly double _period = Math.Max(1, Math.Round(options.EveryEpochs * stepsPerEpoch));

    public double Factor(long step) => Math.Pow(options.Gamma, Math.Floor(step / _period));
}
