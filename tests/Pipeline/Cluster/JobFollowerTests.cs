using OnnxPipeline.Pipeline.Cluster;

namespace OnnxPipeline.Pipeline.Tests.Cluster;

/// <summary>Following a job by its records, and by Slurm where a task leaves none.</summary>
public sealed class JobFollowerTests : IDisposable
{
    private readonly TempFolder _artifacts = new();
    private readonly FakeSlurm _slurm = new();
    private readonly JobFolder _folder;
    private readonly JobRecord _job;

    public JobFollowerTests()
    {
        _folder = new JobList(_artifacts.Path).Reserve("test", DateTimeOffset.UnixEpoch);
        _job = new JobRecord
        {
            Id = "19700101-000000-test",
            Kind = JobKind.Run,
            Title = "test",
            Created = DateTimeOffset.UnixEpoch,
            Content = "",
            Slurm = new SlurmOptions(),
            Batches = [new Batch("a", 3, [new BatchPart("7", 1, true), new BatchPart("8", 3, true)]), new Batch("b", 1, [new BatchPart("9", 1, false)])],
        };
        _folder.Save(_job);
    }

    public void Dispose() => _artifacts.Dispose();

    [Fact]
    public void Ends_are_told_as_they_are_recorded()
    {
        foreach (var (batch, task) in new[] { ("a", 1), ("a", 2), ("a", 3), ("b", 1) }) _folder.Save(batch, task, new TaskEnd(batch == "b", batch == "b" ? "no" : null, 1.5));
        var (ends, log) = Follow();
        Assert.Equal(4, ends.Count);
        Assert.Equal("no", ends[("b", 1)].Reason);
        Assert.Equal(["a1 ended", "a2 ended", "a3 ended", "b1 failed"], log);
    }

    [Fact]
    public void A_task_that_slurm_ended_without_a_record_has_failed_and_says_how()
    {
        _folder.Save("a", 1, new TaskEnd(false, null, 1));
        File.WriteAllText(_folder.TaskFile("a", 1, "x"), "");
        Directory.CreateDirectory(_folder.Task("a", 2));
        File.WriteAllText(_folder.TaskFile("a", 2, JobFolder.FailuresFile), "exit code 137 on n1\nexit code 139 on n2\n");
        _slurm.Tasks.AddRange([new QueuedTask("7", 2, "FAILED", ""), new QueuedTask("9", null, "CANCELLED", "")]);
        _slurm.Accounted.Add(new QueuedTask("8", 1, "NODE_FAIL", "n3"));
        var (ends, _) = Follow();
        Assert.False(ends[("a", 1)].Failed);
        Assert.Equal("Slurm says FAILED; exit code 139 on n2", ends[("a", 2)].Reason);
        Assert.Equal("Slurm says NODE_FAIL", ends[("a", 3)].Reason);
        Assert.Equal("Slurm says CANCELLED", ends[("b", 1)].Reason);
    }

    [Fact]
    public void As_long_as_slurm_has_a_task_or_is_silent_it_is_waited_for()
    {
        _slurm.Tasks.AddRange([new QueuedTask("7", 1, "RUNNING", "n1"), new QueuedTask("7", 2, "PENDING", "Resources"), new QueuedTask("8", 1, "SUSPENDED", ""), new QueuedTask("9", null, "PENDING", "Dependency")]);
        var rounds = 0;
        var (ends, log) = Follow(observer: line =>
        {
            // Slurm is silent for a while; then it is back, and the tasks end in order.
            if (line.Contains("running")) _slurm.Silent = true;
            else if (line.Contains("refused") && rounds++ == 0) _slurm.Silent = false;
        }, polls: poll =>
        {
            if (poll != 20) return;
            _slurm.Tasks.Clear();
            foreach (var (batch, task) in new[] { ("a", 1), ("a", 2), ("a", 3), ("b", 1) }) _folder.Save(batch, task, new TaskEnd(false, null, 1));
        });
        Assert.DoesNotContain(ends.Values, end => end.Failed);
        Assert.Contains("1 running, 2 waiting (Dependency, Resources)", log);
        Assert.Contains(log, line => line.Contains("connection refused; asking again"));
    }

    [Fact]
    public void Progress_is_told_when_it_changes()
    {
        _slurm.Tasks.Add(new QueuedTask("7", 1, "RUNNING", "n1"));
        var progress = new TaskProgress { Node = "n1", Process = 1, Start = 1, Stage = "train", Step = 1, Steps = 9 };
        _folder.Save("a", 1, progress);
        var (_, log) = Follow(polls: poll =>
        {
            if (poll == 5) _folder.Save("a", 1, progress with { Step = 2 });
            if (poll == 10) _folder.Save("a", 1, new TaskEnd(false, null, 1));
        });
        Assert.Equal(["a1 train 1", "a1 train 2", "a1 ended"], log.Where(l => l.StartsWith("a1", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1,2]")]
    [InlineData("{\"failed\": \"perhaps\"}")]
    public void A_record_that_does_not_read_is_none(string text)
    {
        Directory.CreateDirectory(_folder.Task("a", 1));
        File.WriteAllText(_folder.TaskFile("a", 1, "end.json"), text);
        Assert.Null(_folder.End("a", 1));
    }

    private (IReadOnlyDictionary<(string Batch, int Task), TaskEnd> Ends, List<string> Log) Follow(Action<string>? observer = null, Action<int>? polls = null)
    {
        var time = new SteppingTime(polls ?? (_ => { }));
        var log = new List<string>();
        var follower = new JobFollower(_job, _folder, _slurm, time) { Poll = TimeSpan.FromMilliseconds(1), QueuePoll = TimeSpan.FromSeconds(3), Grace = TimeSpan.FromSeconds(20) };
        return (follower.Follow(new Recorder(log, observer ?? (_ => { })), CancellationToken.None), log);
    }

    /// <summary>A clock that goes on by a second whenever it is looked at.</summary>
    private sealed class SteppingTime(Action<int> looked) : TimeProvider
    {
        private int _looks;

        public override DateTimeOffset GetUtcNow()
        {
            looked(++_looks);
            return DateTimeOffset.UnixEpoch.AddSeconds(_looks);
        }
    }

    private sealed class Recorder(List<string> log, Action<string> noted) : ITaskObserver
    {
        public void Noted(string line)
        {
            log.Add(line);
            noted(line);
        }

        public void Advanced(Batch batch, int task, TaskProgress progress) => log.Add($"{batch.Name}{task} {progress.Stage} {progress.Step}");

        public void Ended(Batch batch, int task, TaskEnd end) => log.Add($"{batch.Name}{task} {(end.Failed ? "failed" : "ended")}");
    }
}
