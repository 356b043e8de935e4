namespace OnnxPipeline.Training.Schedules;

/// <summary>
/// Half a cosine up, half a cosine down. As in PyTorch's OneCycleLR the peak lies at step share·T − 1, which need not be whole,
/// and the last step, T − 1, has the lowest factor.
/// </summary>
internal sealed class OneCycleSchedule(OneCycleScheduleOptions options, long steps) : ISchedule
{
    private readonly double _start = 1 / options.StartDivisor;
    private readonly double _final = 1 / (options.StartDivisor * options.FinalDivisor);
    private readonly double _peak = options.RisingShare * steps - 1;

    public double Factor(long step)
    {
        if (step <= _peak && _peak > 0) return Anneal(_start, 1, step / _peak);
        return Anneal(1, _final, Math.Min(1, (step - _peak) / (steps - 1 - _peak)));
    }

    private static double Anneal(double from, double to, double progress) => to + (from - to) / 2 * (1 + Math.Cos(Math.PI * progress));
}
