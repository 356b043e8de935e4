using System.Globalization;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Progress;

/// <summary>Tells of a run in plain lines, for logs and pipes.</summary>
internal sealed class PlainObserver(TextWriter output) : IRunObserver
{
    public void StageCached(string stage, ArtifactKey key, StageReason reason) => output.WriteLine($"{stage}: cached ({key.Short}), {reason.Text}");

    public void StageWaiting(string stage, string owner) => output.WriteLine($"{stage}: waiting for {owner}, which is making the same artifact");

    public void StageStarted(string stage, ArtifactKey key, StageReason reason) => output.WriteLine($"{stage}: running ({key.Short}), because: {reason.Text}");

    public void StageAdvanced(string stage, in ProgressFacts facts)
    {
    }

    public void StageNoted(string stage, string line) => output.WriteLine($"{stage}: {line}");

    public void StageFinished(string stage, ArtifactKey key, TimeSpan duration) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stage}: done in {duration.TotalSeconds:0.0} s"));

    public void StageStopped(string stage) => output.WriteLine($"{stage}: stopped");
}
