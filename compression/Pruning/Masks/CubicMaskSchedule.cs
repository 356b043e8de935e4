using OnnxPipeline.Training.Loop;

namespace OnnxPipeline.Compression.Pruning.Masks;

/// <summary>Masks that grow while a model is trained. Source: Zhu and Gupta, "To prune, or not to prune" (2017), from a dense model on.</summary>
internal sealed class CubicMaskSchedule(MaskMethod method, GradualPruneOptions options) : IMaskSchedule
{
    /// <summary>The share that is 0 before a step: amount · (1 − (1 − t)³), where t goes from 0 to 1 at the ramp's last step.</summary>
    public static double ShareAt(long step, long lastStep, double amount)
    {
        var t = lastStep <= 0 ? 1 : Math.Min(1, (double)step / lastStep);
        return amount * (1 - Math.Pow(1 - t, 3));
    }

    public IReadOnlyList<Initializer>? Before(long step, long steps, Func<IReadOnlyList<Initializer>> state)
    {
        var last = Math.Min((long)Math.Ceiling(options.RampShare * steps), steps - 1);
        var changes = step == last || (step < last && step % options.EverySteps == 0);
        return changes ? method.MasksOf(state(), ShareAt(step, last, method.Amount)) : null;
    }
}
