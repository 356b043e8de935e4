using OnnxPipeline.Pipeline.Cluster;
using OnnxPipeline.Pipeline.Cluster.Kinds;
using OnnxPipeline.Pipeline.Sweeps;

namespace OnnxPipeline.Pipeline.Tests.Cluster;

/// <summary>Which trial a task runs, when rungs follow each other and some of them are made again.</summary>
public sealed class SweepTrialsOfJobTests : IDisposable
{
    private readonly TempFolder _artifacts = new();
    private readonly JobFolder _folder;
    private readonly JobRecord _job;

    public SweepTrialsOfJobTests()
    {
        _folder = new JobList(_artifacts.Path).Reserve("net", DateTimeOffset.UnixEpoch);
        _job = new JobRecord
        {
            Id = Path.GetFileName(_folder.Path),
            Kind = JobKind.Sweep,
            Title = "net",
            Created = DateTimeOffset.UnixEpoch,
            Content = "",
            Slurm = new SlurmOptions(),
            Batches = [new Batch("rung-1", 4, [new BatchPart("1", 1, true)]), new Batch("rung-2", 2, [new BatchPart("2", 1, true)])],
            Sweep = new SweepJobPlan { SweepId = "net-1", Parameters = ["x"], Rungs = [new RungPlan(4, 1), new RungPlan(2, 3)], Repeat = 1 },
        };
        _folder.Save([.. Enumerable.Range(1, 4).Select(n => new PointPlan([$"x={n}"], [new TrialRecord { Number = n, Values = new Dictionary<string, string> { ["x"] = $"{n}" }, Status = TrialStatus.Done }]))]);
    }

    public void Dispose() => _artifacts.Dispose();

    [Fact]
    public void The_best_of_a_rung_are_the_tasks_of_the_next_in_their_order()
    {
        Done("rung-1", [0.5, 0.9, 0.7, 0.8]);
        Assert.Equal([2, 4], Second());
        Assert.Equal([2, 4], _folder.Promoted("rung-2"));
        Assert.Equal(3, Trials().TrialOf(1, 1)!.Budget);
        Done("rung-2", [0.91, 0.95]);
        var sweep = Trials().Record(new Dictionary<(string, int), TaskEnd>());
        Assert.Equal([TrialStatus.Stopped, TrialStatus.Done, TrialStatus.Stopped, TrialStatus.Done], sweep.Trials.Select(t => t.Status));
        Assert.Equal(0.95, sweep.Trials[3].Metrics["validation.accuracy"]);
        Assert.Equal("validation.accuracy", sweep.Metric);
    }

    [Fact]
    public void Where_trials_fail_fewer_go_on_and_their_reasons_are_kept()
    {
        Done("rung-1", [null, null, 0.7, null]);
        Assert.Equal([3], Second());
        Assert.Null(Trials().TrialOf(1, 2));
        var sweep = Trials().Record(new Dictionary<(string, int), TaskEnd> { [("rung-2", 1)] = new(true, "Slurm says NODE_FAIL", 0) });
        Assert.Equal(["bad 1", "bad 2", "Slurm says NODE_FAIL", "bad 4"], sweep.Trials.Select(t => t.Reason));
    }

    [Fact]
    public void What_was_promoted_stays_so_until_a_rung_before_is_made_anew()
    {
        Done("rung-1", [0.5, null, 0.7, 0.8]);
        Assert.Equal([3, 4], Second());
        Done("rung-2", [0.7, 0.8]);
        Done("rung-1", [0.5, 0.9, 0.7, 0.8]);
        Assert.Equal([3, 4], Second());

        Done("rung-1", [0.5, null, 0.7, 0.8]);
        _folder.Reopen(_job);
        Assert.NotNull(_folder.End("rung-1", 1));
        Assert.Null(_folder.End("rung-1", 2));
        Assert.Null(_folder.End("rung-2", 1));
        Done("rung-1", [0.5, 0.9, 0.7, 0.8]);
        Assert.Equal([2, 4], Second());
    }

    [Fact]
    public void A_job_whose_files_are_gone_says_which()
    {
        File.Delete(_folder.File("trials/3.json"));
        Assert.Contains("trials/3.json is missing", Assert.Throws<UsageException>(() => Trials().TrialOf(0, 3)).Message);
        File.WriteAllText(_folder.File("points.json"), "{}");
        Assert.Contains("points.json is missing or does not read", Assert.Throws<UsageException>(() => Trials().TrialOf(1, 1)).Message);
    }

    /// <summary>The trials of the second rung, as a node sees them that looks for the first time.</summary>
    private IEnumerable<int> Second() => Enumerable.Range(1, 2).Select(task => Trials().TrialOf(1, task)?.Number).OfType<int>();

    private SweepTrialsOfJob Trials() => new(_job, _folder);

    /// <summary>Ends the tasks of a rung, each with an accuracy or, where that is null, with a failure.</summary>
    private void Done(string batch, double?[] accuracies)
    {
        foreach (var (index, accuracy) in accuracies.Index())
        {
            var trial = Trials().TrialOf(batch == "rung-1" ? 0 : 1, index + 1)!;
            _folder.Save(batch, index + 1, trial with { Metrics = new Dictionary<string, double> { ["validation.accuracy"] = accuracy ?? 0 } }, SweepJson.Default.TrialRecord);
            _folder.Save(batch, index + 1, new TaskEnd(accuracy is null, accuracy is null ? $"bad {trial.Number}" : null, 1));
        }
    }
}
