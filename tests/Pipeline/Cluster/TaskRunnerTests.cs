using OnnxPipeline.Pipeline.Cluster;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Cluster;

/// <summary>What a node does with a task: it runs it once, and never after a cancel.</summary>
public sealed class TaskRunnerTests : IDisposable
{
    private readonly TempFolder _artifacts = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _artifacts.Dispose();

    [Fact]
    public async Task A_task_that_is_done_or_of_a_cancelled_job_does_nothing()
    {
        var folder = Job();
        folder.Save("shards", 1, new TaskEnd(false, null, 1));
        Assert.Equal(Cli.Done, await Runner(folder).RunAsync("shards", 1, final: false, CancellationToken.None));
        Assert.Contains("done already", _error.ToString());
        folder.Cancel();
        Assert.Equal(Cli.Done, await Runner(folder).RunAsync("shards", 2, final: false, CancellationToken.None));
        Assert.Contains("was cancelled", _error.ToString());
        Assert.Null(folder.End("shards", 2));
    }

    [Fact]
    public async Task A_failure_is_recorded_only_when_it_is_the_last()
    {
        var folder = Job();
        await Assert.ThrowsAsync<UsageException>(() => Runner(folder).RunAsync("shards", 1, final: false, CancellationToken.None));
        Assert.Null(folder.End("shards", 1));
        await Assert.ThrowsAsync<UsageException>(() => Runner(folder).RunAsync("shards", 1, final: true, CancellationToken.None));
        Assert.Contains("There is no model file", folder.End("shards", 1)!.Reason);
    }

    [Theory]
    [InlineData("nothing", 1, "has no batch 'nothing'; it has shards")]
    [InlineData("shards", 0, "has the tasks 1 to 2, and no 0")]
    [InlineData("shards", 3, "has the tasks 1 to 2, and no 3")]
    public async Task A_task_that_there_is_not_is_refused(string batch, int task, string expected)
    {
        var (code, _, error) = await CommandLine.RunAsync(_artifacts.Path, "task", Job().Path, batch, $"{task}");
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains(expected, error);
    }

    [Fact]
    public async Task A_folder_that_is_no_job_is_refused()
    {
        var (code, _, error) = await CommandLine.RunAsync(_artifacts.Path, "task", _artifacts.Path, "a", "1");
        Assert.Equal(Cli.BadUsage, code);
        Assert.Contains("is no job's folder", error);
    }

    [Fact]
    public void A_start_counts_as_progress_only_if_it_gets_further()
    {
        var stopped = new TaskProgress { Node = "n", Process = 1, Start = 1, Stages = 2, Step = 100 };
        Assert.True((stopped with { Step = 101 }).IsBeyond(stopped));
        Assert.True((stopped with { Stages = 3, Step = 0 }).IsBeyond(stopped));
        Assert.False((stopped with { Start = 2 }).IsBeyond(stopped));
        Assert.False((stopped with { Stages = 1, Step = 500 }).IsBeyond(stopped));
    }

    private TaskRunner Runner(JobFolder folder) => new(folder, new CliServices { Error = _error });

    private JobFolder Job()
    {
        var folder = new JobList(_artifacts.Path).Reserve("net", DateTimeOffset.UnixEpoch);
        folder.Save(new JobRecord
        {
            Id = Path.GetFileName(folder.Path),
            Kind = JobKind.Predict,
            Title = "net",
            Created = DateTimeOffset.UnixEpoch,
            Content = "",
            Batches = [new Batch("shards", 2, [new BatchPart("1", 1, true)])],
            Slurm = new SlurmOptions(),
            Predict = new PredictJobPlan([_artifacts.File("none.onnx"), _artifacts.Path, "--csv"], _artifacts.File("rows.csv"), ".csv", 0),
        });
        return folder;
    }
}
