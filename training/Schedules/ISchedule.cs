namespace OnnxPipeline.Training.Schedules;

/// <summary>A learning-rate schedule: a factor on the base learning rate, a pure function of the step.</summary>
public interface ISchedule
{
    /// <summary>The factor for the step that follows <paramref name="step"/> finished ones: 0 for the first.</summary>
    double Factor(long step);
}
