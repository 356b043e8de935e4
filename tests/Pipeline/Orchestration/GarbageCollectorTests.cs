using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Orchestration;

public sealed class GarbageCollectorTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Only_what_is_both_old_and_unused_by_recent_runs_goes()
    {
        for (var i = 0; i < 4; i++) Run(i);
        _time.Now = _time.Now.AddDays(30);
        Run(0);
        Assert.Equal(new GarbageReport(4, 2, 14), Collect(keepRuns: 2, days: 7, dryRun: true));
        Assert.Equal(new GarbageReport(4, 2, 14), Collect(keepRuns: 2, days: 7));
        Assert.Equal(new GarbageReport(2, 0, 0), Collect(keepRuns: 2, days: 7));
        Assert.Equal(new GarbageReport(2, 1, 7), Collect(keepRuns: 0, days: 7));
        Assert.True(Run(0).Stages[0].Cached);
    }

    [Fact]
    public void An_artifact_that_is_being_made_is_spared()
    {
        var key = ArtifactKey.Parse(Run(0).Stages[0].Key);
        _time.Now = _time.Now.AddDays(30);
        using (Store.Claim(key, _ => { }, CancellationToken.None)) Assert.Equal(0, Collect(0, 7).Removed);
        Assert.Equal(1, Collect(0, 7).Removed);
    }

    private ArtifactStore Store => new(_folder.File("store"), _time);

    private GarbageReport Collect(int keepRuns, double days, bool dryRun = false) =>
        new GarbageCollector(Store, new RunHistory(_folder.Path), _time).Collect(keepRuns, TimeSpan.FromDays(days), dryRun);

    private RunRecord Run(int option)
    {
        _time.Now = _time.Now.AddMinutes(1);
        var stage = new FakeStage("only", context => File.WriteAllText(Path.Combine(context.Output, "f"), $"seven {option}")) { Options = new { option } };
        var run = new Orchestrator(_folder.Path, new RecordingObserver(), _time).Run(new RunRequest(new Recipe { Name = "r", Model = new MlpOptions() }, [stage]), CancellationToken.None);
        var store = Store;
        store.Touch(store.Find(ArtifactKey.Parse(run.Stages[0].Key)).Artifact!);
        return run;
    }
}
