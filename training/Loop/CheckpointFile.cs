using OnnxPipeline.Training.Engines;

namespace OnnxPipeline.Training.Loop;

/// <summary>Where a run keeps its checkpoint; without a path it keeps none.</summary>
internal sealed class CheckpointFile(string? path, string identity, ITrainingObserver observer)
{
    /// <summary>Brings an engine to where the checkpoint was written; to the beginning if there is none of this run.</summary>
    public (TrainingProgress Progress, IReadOnlyDictionary<string, Initializer> Best) Resume(ITrainingEngine engine)
    {
        if (path is null || Checkpoint.Load(path, identity) is not { } checkpoint) return (new TrainingProgress(), new Dictionary<string, Initializer>());
        engine.Restore(checkpoint.State);
        return (checkpoint.Progress, checkpoint.Best);
    }

    public void Save(ITrainingEngine engine, TrainingProgress progress, IReadOnlyDictionary<string, Initializer> best)
    {
        if (path is null) return;
        new Checkpoint(progress, engine.Capture().ToDictionary(t => t.Name), best).Save(path, identity);
        observer.CheckpointSaved(path);
    }
}
