using Microsoft.AspNetCore.Http;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Tests.Fakes;
using OnnxPipeline.Pipeline.Tests.Store.Remote;

namespace OnnxPipeline.Pipeline.Tests.Orchestration;

/// <summary>Runs on machines that share a remote store; each machine is a folder.</summary>
public sealed class RunRemoteTests : IAsyncLifetime
{
    private readonly FakePipeline _pipeline = new();
    private readonly ManualTime _time = new();
    private ObjectServer _server = null!;

    public async Task InitializeAsync() => _server = await ObjectServer.StartAsync();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _pipeline.Dispose();
    }

    [Fact]
    public void What_one_machine_made_another_takes_from_the_remote()
    {
        var made = Run("one");
        Assert.Equal(["data", "train", "evaluate"], _pipeline.Ran);
        _pipeline.Ran.Clear();

        var taken = Run("two");
        Assert.Empty(_pipeline.Ran);
        Assert.All(taken.Stages, s => Assert.Equal((true, ReasonKind.Remote, $"from the remote {_server.Address}"), (s.Cached, s.Reason.Kind, s.Reason.Text)));
        Assert.Equal(made.Stages.Select(s => s.Hash), taken.Stages.Select(s => s.Hash));
        Assert.Equal(0.9, taken.Metrics["test.accuracy"]);
        Assert.True(File.Exists(_pipeline.Folder.File("two/latest/model.txt")));
        Assert.Contains($"runs/{made.Id}/run.json", _server.Objects.Keys);
    }

    [Fact]
    public void What_is_here_is_not_asked_for()
    {
        Run("one");
        var requests = _server.Requests.Count;
        Run("one");
        Assert.DoesNotContain(_server.Requests.Skip(requests), r => r.Contains("stages", StringComparison.Ordinal) || r.Contains("blobs", StringComparison.Ordinal));
    }

    [Fact]
    public void A_plan_says_what_would_come_from_the_remote_and_fetches_nothing()
    {
        Run("one");
        var plan = Orchestrator("two").Plan(_pipeline.Request(new PipelineSettings()));
        Assert.All(plan, p => Assert.Equal(ReasonKind.Remote, p.Reason.Kind));
        plan = Orchestrator("two").Plan(_pipeline.Request(new PipelineSettings { TrainOptions = new { epochs = 9 } }));
        Assert.Equal([ReasonKind.Remote, ReasonKind.FirstTime, ReasonKind.InputFirst], plan.Select(p => p.Reason.Kind));
        Assert.False(Directory.Exists(_pipeline.Folder.File("two/store/stages")));
    }

    [Fact]
    public async Task Without_the_server_the_run_warns_once_goes_on_and_says_how_to_push_later()
    {
        await _server.DisposeAsync();
        var run = Run("one");
        Assert.Equal(RunStatus.Finished, run.Status);
        Assert.Equal(["data", "train", "evaluate"], _pipeline.Ran);
        Assert.Single(_pipeline.Observer.Events, e => e.Contains("left alone from here on", StringComparison.Ordinal));
        Assert.Equal($"evaluate: not everything was pushed to {_server.Address}; push it later with: pipeline push {run.Id}", _pipeline.Observer.Events[^1]);
    }

    [Fact]
    public void A_server_that_fails_in_the_middle_of_a_run_is_left_alone_from_there_on()
    {
        _server.Fault = context => Task.FromResult(_server.Objects.Keys.Any(k => k.StartsWith("stages", StringComparison.Ordinal)) && Answer(context, 503));
        Assert.Equal(RunStatus.Finished, Run("one").Status);
        Assert.Equal(4, _server.Requests.Count(r => r.Contains("stages", StringComparison.Ordinal)) - 2);
        Assert.Single(_pipeline.Observer.Events, e => e.Contains("left alone", StringComparison.Ordinal));
    }

    [Fact]
    public void A_remote_that_takes_nothing_is_read_from_and_that_is_said_once()
    {
        Run("one");
        _pipeline.Ran.Clear();
        _server.Fault = context => Task.FromResult(HttpMethods.IsPut(context.Request.Method) && Answer(context, 403));
        Run("two", new PipelineSettings { TrainOptions = new { epochs = 9 } });
        Assert.Equal(["train", "evaluate"], _pipeline.Ran);
        Assert.Single(_pipeline.Observer.Events, e => e.Contains("only read from", StringComparison.Ordinal));
        Assert.DoesNotContain(_pipeline.Observer.Events, e => e.Contains("push it later", StringComparison.Ordinal));
        Assert.Contains("data cached", _pipeline.Observer.Events);
    }

    [Fact]
    public void A_put_that_fails_ends_the_pushing_and_not_the_reading()
    {
        Run("one");
        _pipeline.Ran.Clear();
        _server.Fault = context => Task.FromResult(HttpMethods.IsPut(context.Request.Method) && Answer(context, 507));
        var run = Run("two", new PipelineSettings { Rows = 7 });
        Assert.Single(_pipeline.Observer.Events, e => e.Contains("nothing more is pushed", StringComparison.Ordinal) && e.Contains("HTTP 507", StringComparison.Ordinal));
        Assert.EndsWith($"pipeline push {run.Id}", _pipeline.Observer.Events[^1], StringComparison.Ordinal);
        Assert.Equal(["data", "train", "evaluate"], run.Stages.Select(s => s.Name));
        Assert.Equal(3, _server.Requests.Count(r => r.StartsWith("GET stages", StringComparison.Ordinal)) - 3);
    }

    [Fact]
    public void A_damaged_content_is_told_made_anew_and_made_good_in_the_remote()
    {
        Run("one");
        var blob = _server.Objects.Keys.Single(k => k.StartsWith("blobs", StringComparison.Ordinal) && System.Text.Encoding.UTF8.GetString(_server.Objects[k]).Contains("epochs", StringComparison.Ordinal));
        var right = _server.Objects[blob];
        _server.Objects[blob] = [.. right[..^1], 0];
        _pipeline.Ran.Clear();

        Run("two");
        Assert.Equal(["train"], _pipeline.Ran);
        Assert.Single(_pipeline.Observer.Events, e => e.StartsWith("train: what the remote has is damaged", StringComparison.Ordinal) && e.Contains(blob, StringComparison.Ordinal));
        Assert.Equal(right, _server.Objects[blob]);
        _pipeline.Ran.Clear();
        Run("three");
        Assert.Empty(_pipeline.Ran);
    }

    [Fact]
    public void A_forced_stage_runs_whatever_the_remote_has()
    {
        Run("one");
        _pipeline.Ran.Clear();
        Run("two", new PipelineSettings { Force = ["train"] });
        Assert.Equal(["train"], _pipeline.Ran);
    }

    [Fact]
    public void An_interrupt_while_pushing_ends_the_run_but_keeps_what_was_made()
    {
        using var source = new CancellationTokenSource();
        _server.Fault = async context =>
        {
            if (!HttpMethods.IsPut(context.Request.Method)) return false;
            await source.CancelAsync();
            return false;
        };
        Assert.Throws<OperationCanceledException>(() => Orchestrator("one").Run(_pipeline.Request(new PipelineSettings()), source.Token));
        Assert.Equal(["data"], _pipeline.Ran);
        Assert.Equal("data", Assert.Single(new RunHistory(_pipeline.Folder.File("one")).Runs.Single().Stages).Name);
    }

    private RunRecord Run(string machine, PipelineSettings? settings = null)
    {
        _time.Now = _time.Now.AddMinutes(1);
        return Orchestrator(machine).Run(_pipeline.Request(settings ?? new PipelineSettings()), default);
    }

    private Orchestrator Orchestrator(string machine) => new(_pipeline.Folder.File(machine), _pipeline.Observer, _time, remote: new RunRemote(Remotes.Open(_server.Address)));

    private static bool Answer(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return true;
    }
}
