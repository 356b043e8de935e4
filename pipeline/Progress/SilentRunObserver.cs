using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Progress;

/// <summary>Keeps to itself what happens in a run.</summary>
internal sealed class SilentRunObserver : IRunObserver
{
    public void StageCached(string stage, ArtifactKey key, StageReason reason)
    {
    }

    public void StageWaiting(string stage, string owner)
    {
    }

    public void StageStarted(string stage, ArtifactKey key, StageReason reason)
    {
    }

    public void StageAdvanced(string stage, in ProgressFacts facts)
    {
    }

    public void StageNoted(string stage, string line)
    {
    }

    public void StageFinished(string stage, ArtifactKey key, TimeSpan duration)
    {
    }

    public void StageStopped(string stage)
    {
    }
}
