using OnnxPipeline.Compression.Pruning.Masks;
using OnnxPipeline.Training.Engines;

namespace OnnxPipeline.Compression.Pruning.Search;

/// <summary>What a round came to.</summary>
/// <param name="Pruned">The model before the training that follows; null where pruning and training are one.</param>
/// <param name="Trained">After it.</param>
/// <param name="Control">The same mask on other weights; null for none.</param>
internal sealed record RoundOutcome(Model? Pruned, Model Trained, Model? Control = null);

/// <summary>Prunes a model, and trains what is left.</summary>
/// <param name="round">Counted from 1.</param>
/// <param name="current">The model of the round before.</param>
/// <param name="share">The share that is to be gone after the round.</param>
internal delegate RoundOutcome RoundStep(int round, Model current, double share);

/// <summary>The rounds of each schedule; <see cref="PruneCheck"/> has seen to it that method and training are there for it.</summary>
internal static class RoundSteps
{
    public static (int Rounds, RoundStep Step) Of(PruneScheduleOptions schedule, IPruneMethod method, FineTuner? tuner, PruneSetup setup, CancellationToken cancellation) => schedule switch
    {
        OneShotPruneOptions => (1, PruneAndTune(method, tuner, cancellation)),
        IterativePruneOptions iterative => (iterative.Rounds, PruneAndTune(method, tuner, cancellation)),
        GradualPruneOptions gradual => (1, (_, current, _) => Gradually(gradual, (MaskMethod)method, tuner!, current)),
        LotteryPruneOptions lottery => (lottery.Rounds, Lottery(lottery, (MaskMethod)method, tuner!, setup)),
        _ => throw new NotSupportedException($"No schedule has options of type {schedule.GetType().Name}; there are {nameof(OneShotPruneOptions)}, {nameof(IterativePruneOptions)}, {nameof(GradualPruneOptions)} and {nameof(LotteryPruneOptions)}."),
    };

    private static RoundStep PruneAndTune(IPruneMethod method, FineTuner? tuner, CancellationToken cancellation) => (round, current, share) =>
    {
        var pruned = method.Prune(current, share, cancellation);
        return new RoundOutcome(pruned.Model, tuner?.Train($"round {round}", pruned.Model, pruned.Masks) ?? pruned.Model);
    };

    private static RoundOutcome Gradually(GradualPruneOptions options, MaskMethod method, FineTuner tuner, Model current) =>
        new(null, tuner.Train("gradual", current, method.MasksOf(current.Graph.Initializers, share: 0), new CubicMaskSchedule(method, options)));

    private static RoundStep Lottery(LotteryPruneOptions options, MaskMethod method, FineTuner tuner, PruneSetup setup)
    {
        var initial = setup.Initial ?? throw new PruneException("A lottery needs the model before any training.");
        if (options.RewindEpoch >= tuner.Options.Epochs) throw new PruneException($"prune.schedule.rewindEpoch: expected less than the {tuner.Options.Epochs} epochs of training, found {options.RewindEpoch}.");
        var start = new Lazy<Model>(() => options.RewindEpoch == 0 ? initial : tuner.Train("start", initial, masks: null, untilEpoch: options.RewindEpoch));
        return (round, current, share) =>
        {
            var masks = method.MasksOf(current.Graph.Initializers, share);
            var ticket = WeightMasks.Apply(start.Value, masks);
            var fresh = options.Control ? setup.Fresh?.Invoke(round) ?? throw new PruneException("A lottery's control needs models with fresh weights.") : null;
            return new RoundOutcome(
                ticket,
                tuner.Train($"ticket {round}", ticket, masks, firstEpoch: options.RewindEpoch),
                fresh is null ? null : tuner.Train($"control {round}", WeightMasks.Apply(fresh, masks), masks));
        };
    }
}
