using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Orchestration;

public sealed class DiskTests : IDisposable
{
    private readonly FakePipeline _pipeline = new();

    public void Dispose() => _pipeline.Dispose();

    [TmpfsFact]
    public void A_disk_that_fills_up_in_a_stage_fails_it_with_path_and_free_bytes()
    {
        using var disk = new Tmpfs(512);
        var stage = new FakeStage("big", context => File.WriteAllBytes(Path.Combine(context.Output, "big"), new byte[1 << 20]));
        var orchestrator = _pipeline.Orchestrator(disk.Path);
        var error = Assert.Throws<StageFailedException>(() => orchestrator.Run(new RunRequest(FakePipeline.RecipeOf("test"), [stage]), CancellationToken.None));
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
        var error = Assert.Throws<StoreException>(() => _pipeline.Orchestrator(Path.Combine(disk.Path, "artifacts")).Run(new RunRequest(FakePipeline.RecipeOf("test"), _pipeline.Request(new PipelineSettings()).Stages), CancellationToken.None));
        Assert.Contains("read-only", error.Message);
        Assert.Contains(disk.Path, error.Message);
    }
}
