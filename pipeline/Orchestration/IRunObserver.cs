using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>Is told what happens in a run; it decides nothing.</summary>
internal interface IRunObserver
{
    void StageCached(string stage, ArtifactKey key, StageReason reason);

    /// <param name="stage">The stage that waits.</param>
    /// <param name="owner">Who is making the same artifact at this moment.</param>
    void StageWaiting(string stage, string owner);

    void StageStarted(string stage, ArtifactKey key, StageReason reason);

    void StageAdvanced(string stage, in ProgressFacts facts);

    void StageNoted(string stage, string line);

    void StageFinished(string stage, ArtifactKey key, TimeSpan duration);

    /// <summary>The stage failed or was interrupted; the exception follows.</summary>
    void StageStopped(string stage);
}
