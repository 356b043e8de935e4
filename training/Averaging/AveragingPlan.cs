using System.Numerics.Tensors;

namespace OnnxPipeline.Training.Averaging;

/// <summary>When averages move and by how much: functions of the step and the epoch alone, so that a resumed run goes on as if it had never stopped.</summary>
internal static class AveragingPlan
{
    /// <summary>What the slot of an average is called in a saved state, after its tensor's name and a slash.</summary>
    public const string Slot = "average";

    /// <summary>The share of the way that averages go to the weights after a step, counted from 1: 1 − d for EMA, α or 0 for lookahead, 0 for SWA.</summary>
    public static double ShareAfterStep(AveragingOptions options, long step) => options switch
    {
        EmaOptions { WarmUp: true } ema => 1 - Math.Min(ema.Decay, (1.0 + step) / (10 + step)),
        EmaOptions ema => 1 - ema.Decay,
        LookaheadOptions lookahead => step % lookahead.Every == 0 ? lookahead.Alpha : 0,
        SwaOptions => 0,
        _ => throw Unknown(options),
    };

    /// <summary>Whether the weights at the end of an epoch, counted from 1, join the average.</summary>
    public static bool Joins(SwaOptions swa, int epoch) => epoch >= swa.StartEpoch && (epoch - swa.StartEpoch) % swa.EveryEpochs == 0;

    /// <summary>Brings an average up to the end of an epoch: until the first that joins it is the weights themselves.</summary>
    public static void EndEpoch(SwaOptions swa, int epoch, ReadOnlySpan<float> weights, Span<float> average)
    {
        if (epoch <= swa.StartEpoch) weights.CopyTo(average);
        else if (Joins(swa, epoch)) TensorPrimitives.Lerp(average, weights, 1f / ((epoch - swa.StartEpoch) / swa.EveryEpochs + 1), average);
    }

    public static NotSupportedException Unknown(AveragingOptions options) =>
        new($"No averaging has options of type {options.GetType().Name}; there are {nameof(EmaOptions)}, {nameof(SwaOptions)} and {nameof(LookaheadOptions)}.");
}
