using OnnxPipeline.Pipeline.Orchestration;
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
}
