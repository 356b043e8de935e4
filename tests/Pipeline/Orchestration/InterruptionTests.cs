using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Store.Claims;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Orchestration;

public sealed class InterruptionTests : IDisposable
{
    private readonly FakePipeline _pipeline = new();

    public void Dispose() => _pipeline.Dispose();

    [Fact]
    public void A_failure_is_recorded_keeps_its_work_and_is_not_cached()
    {
        var failing = new PipelineSettings
        {
            InTrain = context =>
            {
                File.WriteAllText(Path.Combine(context.Work, "checkpoint"), "1");
                throw new InvalidDataException("the loss is not finite at step 7");
            },
        };
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var error = Assert.Throws<StageFailedException>(() => _pipeline.Run(failing));
            Assert.Equal("Stage 'train' failed: the loss is not finite at step 7", error.Message);
        }
        Assert.Equal(["data", "train", "train"], _pipeline.Ran);
        var record = _pipeline.Runs.First();
        Assert.Equal((RunStatus.Failed, "Stage 'train' failed: the loss is not finite at step 7"), (record.Status, record.Error));
        Assert.Equal("data", Assert.Single(record.Stages).Name);
        Assert.False(Directory.Exists(_pipeline.Folder.File("latest")));

        _pipeline.Run(new PipelineSettings { InTrain = context => Assert.Equal("1", File.ReadAllText(Path.Combine(context.Work, "checkpoint"))) });
    }

    [Fact]
    public void An_interrupt_keeps_the_work_and_the_next_run_goes_on_from_it()
    {
        using var source = new CancellationTokenSource();
        var interrupted = new PipelineSettings
        {
            InTrain = context =>
            {
                File.WriteAllText(Path.Combine(context.Work, "checkpoint"), "epoch 2");
                source.Cancel();
                context.Cancellation.ThrowIfCancellationRequested();
            },
        };
        Assert.Throws<OperationCanceledException>(() => _pipeline.Run(interrupted, source.Token));
        Assert.Equal(RunStatus.Interrupted, _pipeline.Runs.First().Status);
        Assert.Contains("train stopped", _pipeline.Observer.Events);

        var seen = "";
        _pipeline.Run(new PipelineSettings { InTrain = context => seen = File.ReadAllText(Path.Combine(context.Work, "checkpoint")) });
        Assert.Equal("epoch 2", seen);
        Assert.Empty(Directory.EnumerateDirectories(_pipeline.Folder.File("store/work")));
    }

    [Theory]
    [InlineData("heeds the loss")]
    [InlineData("comes upon its consequences")]
    [InlineData("finishes regardless")]
    public void A_stage_whose_claim_was_lost_is_taken_from_who_took_over(string late)
    {
        using var pipeline = new FakePipeline { Claims = new ClaimOptions { Lease = TimeSpan.FromMilliseconds(200) } };
        var run = pipeline.Run(new PipelineSettings
        {
            InTrain = context =>
            {
                MakeElsewhere(pipeline, context);
                if (late == "heeds the loss")
                {
                    Assert.True(context.Cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(60)));
                    context.Cancellation.ThrowIfCancellationRequested();
                }
                if (late == "comes upon its consequences") File.WriteAllText(Path.Combine(context.Work, "checkpoint"), "late");
            },
        });
        Assert.Equal(["data", "train", "evaluate"], pipeline.Ran);
        Assert.Equal(RunStatus.Finished, run.Status);
        Assert.Equal("from elsewhere", File.ReadAllText(pipeline.Folder.File("latest/model.txt")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(pipeline.Folder.File("store/staging")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(pipeline.Folder.File("store/work")));
        if (late == "finishes regardless") return;
        Assert.Equal("made by another process meanwhile", run.Stages[1].Reason.Text);
        Assert.Contains("train: another process took over, as this one showed no sign of life", pipeline.Observer.Events);
        Assert.DoesNotContain("train finished", pipeline.Observer.Events);
    }

    [Fact]
    public void An_interrupt_ends_even_a_run_whose_claim_was_lost()
    {
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => _pipeline.Run(new PipelineSettings
        {
            InTrain = context =>
            {
                MakeElsewhere(_pipeline, context);
                source.Cancel();
                context.Cancellation.ThrowIfCancellationRequested();
            },
        }, source.Token));
        Assert.Equal(RunStatus.Interrupted, _pipeline.Runs.First().Status);
    }

    /// <summary>What another machine does while this one is stopped for longer than a lease: it takes over the claim and publishes.</summary>
    private static void MakeElsewhere(FakePipeline pipeline, StageContext context)
    {
        var store = new ArtifactStore(pipeline.Folder.File("store"));
        var key = ArtifactKey.Parse(Path.GetFileName(context.Work).Split('.')[0]);
        var owner = new ClaimOwner("elsewhere", "", "", 7, 7);
        File.WriteAllText(pipeline.Folder.File($"store/claims/{key}/2"), new ClaimRecord("other", owner, DateTimeOffset.UnixEpoch, ClaimState.Free, 9).ToText());
        using var writer = store.Begin(key);
        File.WriteAllText(Path.Combine(writer.Output, "weights.txt"), "from elsewhere");
        store.Publish(writer, IdentityOf(pipeline, key), TimeSpan.Zero);
    }

    private static StageIdentity IdentityOf(FakePipeline pipeline, ArtifactKey key)
    {
        var data = new ArtifactStore(pipeline.Folder.File("store"));
        var input = data.ReadManifest(data.Keys.Single())!;
        var identity = new StageIdentity
        {
            Stage = "train",
            CodeVersion = "1",
            Options = Identities.Json(new { epochs = 3, rate = 0.1 }),
            Inputs = new Dictionary<string, string> { ["data"] = input.Hash },
            Engine = "ort 1.29.0",
            DeviceKind = "cpu",
        };
        Assert.Equal(key, identity.ComputeKey());
        return identity;
    }
}
