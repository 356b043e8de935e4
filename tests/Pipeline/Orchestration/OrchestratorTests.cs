using System.Text.Json;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Orchestration;

public sealed class OrchestratorTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly List<string> _ran = [];
    private readonly RecordingObserver _observer = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>What a test may vary in data → train → evaluate.</summary>
    private sealed record Settings
    {
        public string Recipe { get; init; } = "test";

        public int Rows { get; init; } = 100;

        public object TrainOptions { get; init; } = new { epochs = 3, rate = 0.1 };

        public string CodeVersion { get; init; } = "1";

        public string Engine { get; init; } = "ort 1.29.0";

        public string Device { get; init; } = "cpu";

        public string? Until { get; init; }

        public IReadOnlyList<string> Force { get; init; } = [];

        public Action<StageContext> InTrain { get; init; } = _ => { };
    }

    [Fact]
    public void Stages_run_after_their_inputs_and_see_their_files()
    {
        var run = Run(new Settings());
        Assert.Equal(["data", "train", "evaluate"], _ran);
        Assert.Equal(RunStatus.Finished, run.Status);
        Assert.All(run.Stages, s => Assert.Equal((ReasonKind.FirstTime, "first time"), (s.Reason.Kind, s.Reason.Text)));
        Assert.Equal(run.Stages[0].Hash, run.Stages[1].Identity.Inputs["data"]);
        Assert.Equal(0.9, run.Metrics["test.accuracy"]);
        Assert.Equal(
            ["data started: first time", "data finished", "train started: first time", "train 1/3", "train: epoch 1/3", "train finished", "evaluate started: first time", "evaluate finished"],
            _observer.Events);
    }

    [Fact]
    public void Nothing_runs_twice()
    {
        var first = Run(new Settings());
        _ran.Clear();
        var second = Run(new Settings());
        Assert.Empty(_ran);
        Assert.All(second.Stages, s => Assert.True(s.Cached));
        Assert.Equal(first.Stages.Select(s => s.Hash), second.Stages.Select(s => s.Hash));
        Assert.NotEqual(first.Id, second.Id);
    }

    public static TheoryData<string, string> Changes => new()
    {
        { "option", "option epochs changed from 3 to 5" },
        { "options", "option epochs changed from 3 to 5; option momentum is new, with 0.9; option rate is gone, was 0.1" },
        { "code", "code version changed from 1 to 2" },
        { "engine", "engine changed from ort 1.29.0 to ort 1.30.0" },
        { "device", "device kind changed from cpu to cuda" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_changed_stage_says_what_changed_from_what_to_what(string change, string reason)
    {
        Run(new Settings());
        _ran.Clear();
        var changed = change switch
        {
            "option" => new Settings { TrainOptions = new { epochs = 5, rate = 0.1 } },
            "options" => new Settings { TrainOptions = new { epochs = 5, momentum = 0.9 } },
            "code" => new Settings { CodeVersion = "2" },
            "engine" => new Settings { Engine = "ort 1.30.0" },
            _ => new Settings { Device = "cuda" },
        };
        Assert.Equal(reason, Plan(changed)[1].Reason.Text);
        var run = Run(changed);
        Assert.Equal((ReasonKind.Changed, reason), (run.Stages[1].Reason.Kind, run.Stages[1].Reason.Text));
        Assert.True(run.Stages[0].Cached);
        Assert.Equal("train", _ran[0]);
    }

    [Fact]
    public void A_changed_input_is_named_with_both_hashes_and_an_equal_one_changes_nothing()
    {
        var first = Run(new Settings());
        var run = Run(new Settings { Rows = 200 });
        Assert.Equal("option rows changed from 100 to 200", run.Stages[0].Reason.Text);
        Assert.Equal($"input 'data' changed from {first.Stages[0].Hash[..12]} to {run.Stages[0].Hash[..12]}", run.Stages[1].Reason.Text);

        // The code version changes the trained stage's key, but not its bytes: what follows is cached.
        var equal = Run(new Settings { Rows = 200, CodeVersion = "2" });
        Assert.False(equal.Stages[1].Cached);
        Assert.Equal(run.Stages[1].Hash, equal.Stages[1].Hash);
        Assert.True(equal.Stages[2].Cached);
    }

    [Fact]
    public void Going_back_to_earlier_options_is_cached()
    {
        Run(new Settings());
        Run(new Settings { TrainOptions = new { epochs = 5 } });
        _ran.Clear();
        Run(new Settings());
        Assert.Empty(_ran);
    }

    [Fact]
    public void A_recipe_without_history_is_compared_with_the_closest_artifact()
    {
        Run(new Settings { Recipe = "far", TrainOptions = new { epochs = 99, rate = 9 } });
        Run(new Settings { Recipe = "near" });
        var run = Run(new Settings { Recipe = "new", TrainOptions = new { epochs = 4, rate = 0.1 } });
        Assert.StartsWith("option epochs changed from 3 to 4 (against the closest artifact in the store, ", run.Stages[1].Reason.Text);
    }

    [Fact]
    public void Damaged_and_missing_artifacts_are_made_again_with_the_reason()
    {
        var run = Run(new Settings());
        var data = StageFolder(run.Stages[0]);
        File.WriteAllText(Path.Combine(data, "data.txt"), "rows 1xx");
        var damaged = Run(new Settings()).Stages[0];
        Assert.Equal(ReasonKind.Damaged, damaged.Reason.Kind);
        Assert.StartsWith("the artifact is damaged: the file 'data.txt' has the SHA-256", damaged.Reason.Text);
        Assert.Equal(run.Stages[0].Hash, damaged.Hash);

        Directory.Delete(data, recursive: true);
        var again = Run(new Settings());
        Assert.Equal(new StageReason(ReasonKind.Missing, "the artifact of the last run is gone from the store"), again.Stages[0].Reason);
        Assert.True(again.Stages[1].Cached);
    }

    [Fact]
    public void A_forced_stage_runs_from_the_beginning()
    {
        Run(new Settings());
        _ran.Clear();
        var run = Run(new Settings { Force = ["train"] });
        Assert.Equal(["train"], _ran);
        Assert.Equal(ReasonKind.Forced, run.Stages[1].Reason.Kind);
        Assert.True(run.Stages[2].Cached);
    }

    [Fact]
    public void A_failure_is_recorded_keeps_its_work_and_is_not_cached()
    {
        var failing = new Settings
        {
            InTrain = context =>
            {
                File.WriteAllText(Path.Combine(context.Work, "checkpoint"), "1");
                throw new InvalidDataException("the loss is not finite at step 7");
            },
        };
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var error = Assert.Throws<StageFailedException>(() => Run(failing));
            Assert.Equal("Stage 'train' failed: the loss is not finite at step 7", error.Message);
        }
        Assert.Equal(["data", "train", "train"], _ran);
        var record = new RunHistory(_folder.Path).Runs.First();
        Assert.Equal((RunStatus.Failed, "Stage 'train' failed: the loss is not finite at step 7"), (record.Status, record.Error));
        Assert.Equal("data", Assert.Single(record.Stages).Name);
        Assert.False(Directory.Exists(_folder.File("latest")));

        Run(new Settings { InTrain = context => Assert.Equal("1", File.ReadAllText(Path.Combine(context.Work, "checkpoint"))) });
    }

    [Fact]
    public void An_interrupt_keeps_the_work_and_the_next_run_goes_on_from_it()
    {
        using var source = new CancellationTokenSource();
        var interrupted = new Settings
        {
            InTrain = context =>
            {
                File.WriteAllText(Path.Combine(context.Work, "checkpoint"), "epoch 2");
                source.Cancel();
                context.Cancellation.ThrowIfCancellationRequested();
            },
        };
        Assert.Throws<OperationCanceledException>(() => Run(interrupted, source.Token));
        Assert.Equal(RunStatus.Interrupted, new RunHistory(_folder.Path).Runs.First().Status);
        Assert.Contains("train stopped", _observer.Events);

        var seen = "";
        Run(new Settings { InTrain = context => seen = File.ReadAllText(Path.Combine(context.Work, "checkpoint")) });
        Assert.Equal("epoch 2", seen);
        Assert.Empty(Directory.EnumerateDirectories(_folder.File("store/work")));
    }

    [Fact]
    public async Task Who_asks_for_what_another_is_making_waits_and_uses_it()
    {
        using var begun = new ManualResetEventSlim();
        using var waiting = new ManualResetEventSlim();
        var first = Task.Run(() => Run(new Settings
        {
            InTrain = _ =>
            {
                begun.Set();
                Assert.True(waiting.Wait(TimeSpan.FromSeconds(20)));
            },
        }));
        Assert.True(begun.Wait(TimeSpan.FromSeconds(20)));

        var observer = new RecordingObserver { OnWaiting = waiting.Set };
        var second = new Orchestrator(_folder.Path, observer, _time).Run(Request(new Settings()), CancellationToken.None);
        Assert.Equal((await first).Stages.Select(s => s.Hash), second.Stages.Select(s => s.Hash));
        Assert.Equal("made by another process meanwhile", second.Stages[1].Reason.Text);
        Assert.Contains(observer.Events, e => e.StartsWith($"train waiting for process {Environment.ProcessId} on", StringComparison.Ordinal));
        Assert.Single(_ran, "train");
    }

    [Fact]
    public void A_plan_says_what_is_known_before_anything_runs_and_changes_nothing()
    {
        var plan = Plan(new Settings());
        Assert.Equal([ReasonKind.FirstTime, ReasonKind.InputFirst, ReasonKind.InputFirst], plan.Select(p => p.Reason.Kind));
        Assert.NotNull(plan[0].Key);
        Assert.Null(plan[1].Key);
        Assert.Equal("input 'data' is made first; runs if its content changes", plan[1].Reason.Text);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));

        var run = Run(new Settings());
        Assert.Equal(run.Stages.Select(s => s.Key), Plan(new Settings()).Select(p => p.Key.ToString()));
        Assert.All(Plan(new Settings()), p => Assert.Equal(ReasonKind.Cached, p.Reason.Kind));
    }

    [Fact]
    public void Latest_holds_the_shown_files_of_the_last_finished_run()
    {
        var first = Run(new Settings());
        Assert.Equal(["metrics.json", "model.txt", "run.json"], LatestFiles());
        Run(new Settings { TrainOptions = new { epochs = 8 } });
        Assert.Contains("epochs", File.ReadAllText(_folder.File("latest/model.txt")));
        Assert.Throws<StageFailedException>(() => Run(new Settings { TrainOptions = new { epochs = 9 }, InTrain = _ => throw new InvalidDataException("no") }));
        Assert.Contains("8", File.ReadAllText(_folder.File("latest/model.txt")));
        Assert.NotEqual(first.Id, LatestRun().Id);
        Assert.Equal(RunStatus.Finished, LatestRun().Status);
        Assert.Empty(Directory.EnumerateDirectories(_folder.Path, ".latest-*"));
    }

    [Fact]
    public void A_run_ended_early_by_until_is_shown_only_while_no_recipe_has_finished()
    {
        Assert.Equal(["data", "train"], Run(new Settings { Until = "train" }).Stages.Select(s => s.Name));
        Assert.Equal(["model.txt", "run.json"], LatestFiles());
        Run(new Settings());
        Run(new Settings { Until = "data" });
        Assert.Equal(["metrics.json", "model.txt", "run.json"], LatestFiles());
    }

    [Fact]
    public void A_file_that_a_stage_shows_but_did_not_make_is_an_error()
    {
        var stage = new FakeStage("only", context => File.WriteAllText(Path.Combine(context.Output, "a"), "a")) { Shown = [new ShownFile("b", "b")] };
        var error = Assert.Throws<StoreException>(() => Orchestrate().Run(new RunRequest(RecipeOf("test"), [stage]), CancellationToken.None));
        Assert.Contains("'only' shows 'b'", error.Message);
    }

    [Fact]
    public void Unknown_stages_are_refused_with_the_valid_ones()
    {
        Assert.Equal("--until trian: no such stage in this run. Did you mean 'train'? Valid: evaluate, train, data.", Assert.Throws<UsageException>(() => Plan(new Settings { Until = "trian" })).Message);
        Assert.Contains("--force evaluate", Assert.Throws<UsageException>(() => Run(new Settings { Until = "train", Force = ["evaluate"] })).Message);
    }

    [Fact]
    public void Undeclared_inputs_cannot_be_read()
    {
        var settings = new Settings { InTrain = context => context.Input("evaluate") };
        Assert.Contains("'evaluate' is not an input of this stage; declared: data", Assert.Throws<StageFailedException>(() => Run(settings)).Message);
    }

    [TmpfsFact]
    public void A_disk_that_fills_up_in_a_stage_fails_it_with_path_and_free_bytes()
    {
        using var disk = new Tmpfs(512);
        var stage = new FakeStage("big", context => File.WriteAllBytes(Path.Combine(context.Output, "big"), new byte[1 << 20]));
        var orchestrator = new Orchestrator(disk.Path, _observer, _time);
        var error = Assert.Throws<StageFailedException>(() => orchestrator.Run(new RunRequest(RecipeOf("test"), [stage]), CancellationToken.None));
        Assert.Contains("Stage 'big' failed: The disk is full below", error.Message);
        Assert.Contains("bytes are free", error.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(disk.Path, "store", "staging")));
        Assert.Equal(RunStatus.Failed, new RunHistory(disk.Path).Runs.Single().Status);
    }

    [TmpfsFact]
    public void A_read_only_disk_is_named()
    {
        using var disk = new Tmpfs(512);
        disk.MakeReadOnly();
        var error = Assert.Throws<StoreException>(() => new Orchestrator(Path.Combine(disk.Path, "artifacts"), _observer, _time).Run(new RunRequest(RecipeOf("test"), Stages(new Settings())), CancellationToken.None));
        Assert.Contains("read-only", error.Message);
        Assert.Contains(disk.Path, error.Message);
    }

    private FakeStage[] Stages(Settings settings) =>
    [
        new("evaluate", context => Write(context, "metrics.json", """{"test": {"accuracy": 0.9}, "note": "x"}"""))
        {
            Inputs = ["train", "data"],
            Shown = [new ShownFile("metrics.json", "metrics.json")],
        },
        new("train", context => Train(context, settings))
        {
            Inputs = ["data"],
            Options = settings.TrainOptions,
            CodeVersion = settings.CodeVersion,
            Engine = settings.Engine,
            DeviceKind = settings.Device,
            Shown = [new ShownFile("weights.txt", "model.txt")],
        },
        new("data", context => Write(context, "data.txt", $"rows {settings.Rows}")) { Options = new { settings.Rows } },
    ];

    private void Train(StageContext context, Settings settings)
    {
        _ran.Add("train");
        settings.InTrain(context);
        context.Progress.Advance(new ProgressFacts(1, 3, "epochs"));
        context.Progress.Note("epoch 1/3");
        var data = File.ReadAllText(Path.Combine(context.Input("data"), "data.txt"));
        File.WriteAllText(Path.Combine(context.Output, "weights.txt"), $"{settings.TrainOptions} on {data}");
    }

    private void Write(StageContext context, string file, string text)
    {
        _ran.Add(file == "data.txt" ? "data" : "evaluate");
        File.WriteAllText(Path.Combine(context.Output, file), text);
    }

    private RunRecord Run(Settings settings, CancellationToken cancellation = default)
    {
        _time.Now = _time.Now.AddMinutes(1);
        return Orchestrate().Run(Request(settings), cancellation);
    }

    private IReadOnlyList<PlannedStage> Plan(Settings settings) => Orchestrate().Plan(Request(settings));

    private RunRequest Request(Settings settings) => new(RecipeOf(settings.Recipe), Stages(settings)) { Until = settings.Until, Force = settings.Force };

    private Orchestrator Orchestrate() => new(_folder.Path, _observer, _time);

    private static Recipe RecipeOf(string name) => new() { Name = name, Model = new MlpOptions() };

    private string StageFolder(StageRecord stage) => _folder.File($"store/stages/{stage.Key}");

    private string[] LatestFiles() => [.. Directory.EnumerateFiles(_folder.File("latest")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private RunRecord LatestRun() => JsonSerializer.Deserialize(File.ReadAllText(_folder.File("latest/run.json")), RunJson.Default.RunRecord)!;
}
