using System.Diagnostics;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Progress;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Cluster;

/// <summary>Tells of a task twice: in plain lines to its log, and about once a second in its folder, where those who follow the job read it.</summary>
internal sealed class ProgressWriter(JobFolder folder, string batch, int task, TaskProgress first, TextWriter log) : IRunObserver
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly PlainObserver _log = new(log);
    private TaskProgress _now = first;
    private long _written;

    /// <summary>Where the task stands.</summary>
    public TaskProgress Now => _now;

    public void StageCached(string stage, ArtifactKey key, StageReason reason)
    {
        _log.StageCached(stage, key, reason);
        Done(stage, key);
    }

    public void StageWaiting(string stage, string owner)
    {
        _log.StageWaiting(stage, owner);
        Begin(stage, null, null, "which another makes");
    }

    public void StageStarted(string stage, ArtifactKey key, StageReason reason)
    {
        _log.StageStarted(stage, key, reason);
        Begin(stage, key, reason, "");
    }

    public void StageAdvanced(string stage, in ProgressFacts facts) => Advance(stage, facts);

    public void StageNoted(string stage, string line) => _log.StageNoted(stage, line);

    public void StageFinished(string stage, ArtifactKey key, TimeSpan duration)
    {
        _log.StageFinished(stage, key, duration);
        Done(stage, key);
    }

    public void StageStopped(string stage) => _log.StageStopped(stage);

    /// <summary>How far a stage is, or the whole of a task that has no stages.</summary>
    public void Advance(string stage, in ProgressFacts facts)
    {
        _now = _now with { Stage = stage, Step = facts.Step, Steps = facts.Steps, Unit = facts.Unit, Text = facts.Text };
        if (Stopwatch.GetElapsedTime(_written) >= Interval) Write();
    }

    /// <summary>The task stops, to go on later.</summary>
    public void Interrupted()
    {
        _now = _now with { Interrupted = true };
        Write();
    }

    private void Begin(string stage, ArtifactKey? key, StageReason? reason, string text)
    {
        _now = _now with { Stage = stage, Key = key?.ToString(), Reason = reason, Step = 0, Steps = 0, Unit = "", Text = text };
        Write();
    }

    private void Done(string stage, ArtifactKey key)
    {
        _now = _now with { Stage = stage, Key = key.ToString(), Stages = _now.Stages + 1, Step = 0, Steps = 0, Unit = "", Text = "" };
        Write();
    }

    private void Write()
    {
        _written = Stopwatch.GetTimestamp();
        try
        {
            folder.Save(batch, task, _now);
        }
        catch (StoreException)
        {
            // Nobody sees how far it is; what it makes does not suffer. A full disk shows where it matters.
        }
    }
}
