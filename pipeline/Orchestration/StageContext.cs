using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>Where a running stage reads and writes, and whom it tells.</summary>
internal sealed class StageContext(IReadOnlyDictionary<string, Artifact> inputs, string output, string work, IStageProgress progress, CancellationToken cancellation)
{
    /// <summary>The folder to fill; it becomes the artifact when the stage returns, and is deleted when it throws.</summary>
    public string Output { get; } = output;

    /// <summary>A folder that outlives interrupts and kills of this very stage, until it succeeds: for checkpoints.</summary>
    public string Work { get; } = work;

    public IStageProgress Progress { get; } = progress;

    /// <summary>Set when the run is to stop: save what is worth saving in <see cref="Work"/> and throw <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>The folder of an input's artifact, to be read only.</summary>
    /// <exception cref="ArgumentException">The stage did not declare this input.</exception>
    public string Input(string stage) => Find(stage).Folder;

    /// <summary>The content hash of an input's artifact.</summary>
    /// <exception cref="ArgumentException">The stage did not declare this input.</exception>
    public string InputHash(string stage) => Find(stage).Hash;

    private Artifact Find(string stage) => inputs.TryGetValue(stage, out var artifact)
        ? artifact
        : throw new ArgumentException($"'{stage}' is not an input of this stage; declared: {string.Join(", ", inputs.Keys)}.", nameof(stage));
}
