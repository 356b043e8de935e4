using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>Finds what a finished run's stages made.</summary>
internal sealed class RunFiles(string artifacts)
{
    private readonly ArtifactStore _store = new(Path.Combine(artifacts, ArtifactStore.FolderName));

    /// <summary>The path of a file that a stage of the run made; null where the run has no such stage, the stage no such file, or the store no longer has it.</summary>
    public string? Find(RunRecord run, string stage, string file) =>
        run.Stages.FirstOrDefault(s => s.Name == stage) is { } record
        && _store.Find(ArtifactKey.Parse(record.Key)).Artifact is { } artifact
        && Path.Combine(artifact.Folder, file) is var path && File.Exists(path) ? path : null;
}
