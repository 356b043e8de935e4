using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Tests.Fakes;

/// <summary>Writes down what it is told, as "stage event".</summary>
internal sealed class RecordingObserver : IRunObserver
{
    public List<string> Events { get; } = [];

    public Action OnWaiting { get; init; } = () => { };

    public void StageCached(string stage, ArtifactKey key, StageReason reason) => Events.Add($"{stage} cached");

    public void StageWaiting(string stage, string owner)
    {
        Events.Add($"{stage} waiting for {owner}");
        OnWaiting();
    }

    public void StageStarted(string stage, ArtifactKey key, StageReason reason) => Events.Add($"{stage} started: {reason.Text}");

    public void StageAdvanced(string stage, in ProgressFacts facts) => Events.Add($"{stage} {facts.Step}/{facts.Steps}");

    public void StageNoted(string stage, string line) => Events.Add($"{stage}: {line}");

    public void StageFinished(string stage, ArtifactKey key, TimeSpan duration) => Events.Add($"{stage} finished");

    public void StageStopped(string stage) => Events.Add($"{stage} stopped");
}
