namespace OnnxPipeline.Training.Schedules;

/// <summary>A learning-rate schedule: a factor on the base learning rate, a pure function of the step, and for some of the validation losses of the epochs before.</summary>
public interface ISchedule
{
    /// <summary>The factor for the step that follows <paramref name="step"/> finished ones: 0 for the first.</summary>
    double Factor(long step);

    /// <summary>The schedule as it goes on after epochs with these validation losses, the first epoch's first; most take no notice of them.</summary>
    ISchedule After(IReadOnlyList<double> validationLosses) => this;
}
