using OnnxPipeline.Training;
using OnnxPipeline.Training.Loop;

namespace OnnxPipeline.Compression.Pruning.Search;

/// <summary>
/// Trains pruned models. What a training made is kept in the work folder under its name, and the one under way has its checkpoint
/// there; a run that is taken up again finds both, and as all else is computed anew it comes to the same bytes.
/// </summary>
internal sealed class FineTuner(PruneSetup setup, TrainOptions options, CancellationToken cancellation)
{
    public TrainOptions Options => options;

    /// <param name="name">Of the training, for example "round 2".</param>
    /// <param name="model">The model to train.</param>
    /// <param name="masks">Which elements of weights stay 0; null for none.</param>
    /// <param name="schedule">What changes masks meanwhile; null for nothing. The last epoch's weights are kept then.</param>
    /// <param name="firstEpoch">The epoch to begin with, from 0.</param>
    /// <param name="untilEpoch">Ends after so many epochs, with the weights there; null to train them all.</param>
    public Model Train(string name, Model model, IReadOnlyList<Initializer>? masks, IMaskSchedule? schedule = null, int firstEpoch = 0, int? untilEpoch = null)
    {
        var finished = PathOf(name, "onnx");
        if (File.Exists(finished)) return Model.Load(finished!);

        var chosen = schedule is null && untilEpoch is null ? options : options with { KeepBest = false };
        using var engine = setup.Engine(model, chosen, masks);
        var trainer = new Trainer(chosen, setup.Seed)
        {
            Augment = setup.Augment,
            CheckpointPath = PathOf(name, "checkpoint.onnx"),
            Identity = name,
            MaskSchedule = schedule,
            FirstEpoch = firstEpoch,
            UntilEpoch = untilEpoch,
            Observer = setup.Observer?.Invoke(name) ?? new Silent(),
        };
        var trained = trainer.Train(model, engine, setup.Dataset.Train, setup.Dataset.Validation, cancellation).Model;
        if (finished is null) return trained;
        trained.Save(finished);
        File.Delete(PathOf(name, "checkpoint.onnx")!);
        return trained;
    }

    private string? PathOf(string name, string extension) => setup.Work is { } folder ? Path.Combine(folder, $"{name.Replace(' ', '-')}.{extension}") : null;

    private sealed class Silent : ITrainingObserver;
}
