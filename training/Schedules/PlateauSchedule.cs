namespace OnnxPipeline.Training.Schedules;

/// <summary>The factor that the epochs validated so far have left. It is told them all each time, so it has nothing to save.</summary>
internal sealed class PlateauSchedule(PlateauScheduleOptions options, double factor = 1) : ISchedule
{
    public double Factor(long step) => factor;

    /// <summary>PyTorch's ReduceLROnPlateau over all losses, from the first: a loss is better when below (1 − threshold) of the best.</summary>
    public ISchedule After(IReadOnlyList<double> validationLosses)
    {
        var (next, best, bad, cooldown) = (1.0, double.PositiveInfinity, 0, 0);
        foreach (var loss in validationLosses)
        {
            var isBetter = loss < best * (1 - options.Threshold);
            (best, bad) = isBetter ? (loss, 0) : (best, bad + 1);
            if (cooldown > 0) (cooldown, bad) = (cooldown - 1, 0);
            if (bad <= options.Patience) continue;
            next = Math.Max(next * options.Factor, options.MinFactor);
            (cooldown, bad) = (options.Cooldown, 0);
        }
        return new PlateauSchedule(options, next);
    }
}
