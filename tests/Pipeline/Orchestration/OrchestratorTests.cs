using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Orchestration;

public sealed class OrchestratorTests : IDisposable
{
    private readonly FakePipeline _pipeline = new();

    public void Dispose() => _pipeline.Dispose();

    [Fact]
    public void Stages_run_after_their_inputs_and_see_their_files()
    {
        var run = _pipeline.Run(new PipelineSettings());
        Assert.Equal(["data", "train", "evaluate"], _pipeline.Ran);
        Assert.Equal(RunStatus.Finished, run.Status);
        Assert.All(run.Stages, s => Assert.Equal((ReasonKind.FirstTime, "first time"), (s.Reason.Kind, s.Reason.Text)));
        Assert.Equal(run.Stages[0].Hash, run.Stages[1].Identity.Inputs["data"]);
        Assert.Equal(0.9, run.Metrics["test.accuracy"]);
        Assert.Equal(
            ["data started: first time", "data finished", "train started: first time", "train 1/3", "train: epoch 1/3", "train finished", "evaluate started: first time", "evaluate finished"],
            _pipeline.Observer.Events);
    }

    [Fact]
    public void Nothing_runs_twice()
    {
        var first = _pipeline.Run(new PipelineSettings());
        _pipeline.Ran.Clear();
        var second = _pipeline.Run(new PipelineSettings());
        Assert.Empty(_pipeline.Ran);
        Assert.All(second.Stages, s => Assert.True(s.Cached));
        Assert.Equal(first.Stages.Select(s => s.Hash), second.Stages.Select(s => s.Hash));
        Assert.NotEqual(first.Id, second.Id);
    }

    [Fact]
    public void What_is_cached_is_had_without_a_claim()
    {
        _pipeline.Run(new PipelineSettings());
        Directory.Delete(_pipeline.Folder.File("store/claims"), recursive: true);
        _pipeline.Run(new PipelineSettings());
        Assert.False(Directory.Exists(_pipeline.Folder.File("store/claims")));
    }

    [Fact]
    public void Going_back_to_earlier_options_is_cached()
    {
        _pipeline.Run(new PipelineSettings());
        _pipeline.Run(new PipelineSettings { TrainOptions = new { epochs = 5 } });
        _pipeline.Ran.Clear();
        _pipeline.Run(new PipelineSettings());
        Assert.Empty(_pipeline.Ran);
    }

    [Fact]
    public void A_forced_stage_runs_from_the_beginning()
    {
        _pipeline.Run(new PipelineSettings());
        _pipeline.Ran.Clear();
        var run = _pipeline.Run(new PipelineSettings { Force = ["train"] });
        Assert.Equal(["train"], _pipeline.Ran);
        Assert.Equal(ReasonKind.Forced, run.Stages[1].Reason.Kind);
        Assert.True(run.Stages[2].Cached);
    }

    [Fact]
    public async Task Who_asks_for_what_another_is_making_waits_and_uses_it()
    {
        using var begun = new ManualResetEventSlim();
        using var waiting = new ManualResetEventSlim();
        var first = Task.Run(() => _pipeline.Run(new PipelineSettings
        {
            InTrain = _ =>
            {
                begun.Set();
                Assert.True(waiting.Wait(TimeSpan.FromSeconds(20)));
            },
        }));
        Assert.True(begun.Wait(TimeSpan.FromSeconds(20)));

        var observer = new RecordingObserver { OnWaiting = waiting.Set };
        var second = _pipeline.Orchestrator(observer: observer).Run(_pipeline.Request(new PipelineSettings()), CancellationToken.None);
        Assert.Equal((await first).Stages.Select(s => s.Hash), second.Stages.Select(s => s.Hash));
        Assert.Equal("made by another process meanwhile", second.Stages[1].Reason.Text);
        Assert.Contains(observer.Events, e => e.StartsWith($"train waiting for process {Environment.ProcessId} on", StringComparison.Ordinal));
        Assert.Single(_pipeline.Ran, "train");
    }

    [Fact]
    public void A_plan_says_what_is_known_before_anything_runs_and_changes_nothing()
    {
        var plan = _pipeline.Plan(new PipelineSettings());
        Assert.Equal([ReasonKind.FirstTime, ReasonKind.InputFirst, ReasonKind.InputFirst], plan.Select(p => p.Reason.Kind));
        Assert.NotNull(plan[0].Key);
        Assert.Null(plan[1].Key);
        Assert.Equal("input 'data' is made first; runs if its content changes", plan[1].Reason.Text);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_pipeline.Folder.Path));

        var run = _pipeline.Run(new PipelineSettings());
        Assert.Equal(run.Stages.Select(s => s.Key), _pipeline.Plan(new PipelineSettings()).Select(p => p.Key.ToString()));
        Assert.All(_pipeline.Plan(new PipelineSettings()), p => Assert.Equal(ReasonKind.Cached, p.Reason.Kind));
    }

    [Fact]
    public void A_file_that_a_stage_shows_but_did_not_make_is_an_error()
    {
        var stage = new FakeStage("only", context => File.WriteAllText(Path.Combine(context.Output, "a"), "a")) { Shown = [new ShownFile("b", "b")] };
        var error = Assert.Throws<StoreException>(() => _pipeline.Orchestrator().Run(new RunRequest(FakePipeline.RecipeOf("test"), [stage]), CancellationToken.None));
        Assert.Contains("'only' shows 'b'", error.Message);
    }

    [Fact]
    public void Unknown_stages_are_refused_with_the_valid_ones()
    {
        Assert.Equal("--until trian: no such stage in this run. Did you mean 'train'? Valid: evaluate, train, data.", Assert.Throws<UsageException>(() => _pipeline.Plan(new PipelineSettings { Until = "trian" })).Message);
        Assert.Contains("--force evaluate", Assert.Throws<UsageException>(() => _pipeline.Run(new PipelineSettings { Until = "train", Force = ["evaluate"] })).Message);
    }

    [Fact]
    public void Undeclared_inputs_cannot_be_read()
    {
        var settings = new PipelineSettings { InTrain = context => context.Input("evaluate") };
        Assert.Contains("'evaluate' is not an input of this stage; declared: data", Assert.Throws<StageFailedException>(() => _pipeline.Run(settings)).Message);
    }
}
