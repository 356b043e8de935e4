using OnnxPipeline.Pipeline.Cluster;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Cluster;

/// <summary>Handing in: whole or not at all, once, and in as many arrays as the cluster wants.</summary>
public sealed class JobSubmitterTests : IDisposable
{
    private static readonly BatchPlan[] Plan = [new("shards", 25, [], false, false), new("merge", 1, ["shards"], true, false)];
    private readonly TempFolder _artifacts = new();
    private readonly FakeSlurm _slurm = new();
    private readonly StringWriter _error = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _artifacts.Dispose();

    [Fact]
    public void A_batch_longer_than_an_array_may_be_is_several_and_those_after_it_wait_for_all()
    {
        _slurm.MaxArraySize = 10;
        var record = Submit().Record();
        Assert.Equal([10, 10, 5, null], _slurm.Submitted.Select(s => s.Tasks));
        Assert.Equal(["1", "11", "21", "1"], _slurm.Submitted.Select(s => s.Arguments[1]));
        Assert.Equal(["101", "102", "103"], _slurm.Submitted[3].After);
        Assert.Equal(("102", 10), record.Batches[0].SlurmTask(20));
        Assert.Equal(("103", 5), record.Batches[0].SlurmTask(25));
        Assert.Equal(("104", (int?)null), record.Batches[1].SlurmTask(1));
        Assert.Equal(4, _slurm.Submitted.Select(s => s.Log).Distinct().Count());
    }

    [Fact]
    public void What_slurm_refuses_half_way_is_taken_back_whole()
    {
        _slurm.RefusedAt = 2;
        Assert.Throws<SlurmException>(() => Submit());
        Assert.Equal(["101"], _slurm.Cancelled);
        Assert.Empty(new JobList(_artifacts.Path).Jobs);
        Assert.Empty(Directory.EnumerateDirectories(_artifacts.File("jobs")));
    }

    [Fact]
    public void The_same_job_is_followed_while_it_is_in_the_queue_and_goes_on_after_that_unless_it_is_done()
    {
        var first = Submit();
        _slurm.Tasks.Add(new QueuedTask("101", 1, "RUNNING", "n1"));
        Assert.Equal(first.Path, Submit().Path);
        Assert.Equal(2, _slurm.Submitted.Count);

        // It was cancelled in the middle.
        _slurm.Tasks.Clear();
        first.Cancel();
        first.Save("shards", 1, new TaskEnd(false, null, 1));
        first.Save("shards", 2, new TaskEnd(true, "bad", 1));
        Assert.Equal(first.Path, Submit().Path);
        Assert.Equal(4, _slurm.Submitted.Count);
        Assert.False(first.IsCancelled);
        Assert.NotNull(first.End("shards", 1));
        Assert.Null(first.End("shards", 2));

        foreach (var shard in Enumerable.Range(1, 25)) first.Save("shards", shard, new TaskEnd(false, null, 1));
        first.Save("merge", 1, new TaskEnd(false, null, 1));
        Assert.NotEqual(first.Path, Submit().Path);
        Assert.NotEqual(first.Path, Submit(content: "other").Path);
    }

    [Fact]
    public void Jobs_are_found_by_the_beginning_of_their_id()
    {
        Submit(content: "1");
        _time.Now = _time.Now.AddDays(1);
        Submit(content: "2");
        var jobs = new JobList(_artifacts.Path);
        Assert.EndsWith("20250302-120000-net", jobs.Find("latest").Path);
        Assert.EndsWith("20250301-120000-net", jobs.Find("20250301").Path);
        Assert.Contains("fits 2 jobs", Assert.Throws<UsageException>(() => jobs.Find("2025")).Message);
        Assert.Contains("There is no job 'x'", Assert.Throws<UsageException>(() => jobs.Find("x")).Message);
        Assert.Contains("There is no job below", Assert.Throws<UsageException>(() => new JobList(_artifacts.File("none")).Find("latest")).Message);
    }

    private JobFolder Submit(string content = "same") => new JobSubmitter(new CliServices { Slurm = _slurm, Error = _error }, _artifacts.Path).Submit(
        new JobRecord { Id = "", Kind = JobKind.Predict, Title = "net", Created = _time.Now, Content = content, Batches = [], Slurm = new SlurmOptions { Command = "pipeline" } }, Plan, new Dictionary<string, string>(), _ => { });
}
