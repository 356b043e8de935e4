namespace OnnxPipeline.Training.Schedules;

/// <summary>1/√(1 + t/τ), where t counts epochs and their fractions.</summary>
internal sealed class InverseSquareRootSchedule(InverseSquareRootScheduleOptions options, long stepsPerEpoch) : ISchedule
{
    public double Factor(long step) => 1 / Math.Sqrt(1 + (double)step / stepsPerEpoch / options.TimescaleEpochs);
}
