using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>Finds what a run's stages made.</summary>
internal sealed class RunFiles(string artifacts)
{
    private readonly ArtifactStore _store = new(Path.Combine(artifacts, ArtifactStore.FolderName));

    /// <summary>The folder of a stage's artifact; null where the run has no such stage, or the store no longer has what it made.</summary>
    public string? Folder(RunRecord run, string stage) =>
        run.Stages.FirstOrDefault(s => s.Name == stage) is { } record ? _store.Find(ArtifactKey.Parse(record.Key)).Artifact?.Folder : null;

    /// <summary>The path of a file that a stage made; null where there is none.</summary>
    public string? Find(RunRecord run, string stage, string file) =>
        Folder(run, stage) is { } folder && Path.Combine(folder, file) is var path && File.Exists(path) ? path : null;
}
