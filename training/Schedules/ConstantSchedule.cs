namespace OnnxPipeline.Training.Schedules;

internal sealed class ConstantSchedule : ISchedule
{
    public double Factor(long step) => 1;
}
