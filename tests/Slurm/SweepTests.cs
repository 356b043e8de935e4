using System.Text.RegularExpressions;

namespace OnnxPipeline.Slurm.Tests;

/// <summary>A sweep by array job ends as the same sweep on one machine.</summary>
[Collection(SlurmCluster.Collection)]
public sealed partial class SweepTests(SlurmCluster cluster)
{
    private static readonly string[] Twelve = ["sweep", "small.yaml", "--set", "train.batchSize=10,20,40", "--set", "train.optimizer.learningRate=0.001,0.003,0.01,0.03"];

    [SlurmFact]
    public async Task Twelve_trials_by_array_job_have_the_table_of_the_local_sweep()
    {
        using var onCluster = new ClusterWorkplace(cluster);
        using var local = new ClusterWorkplace(cluster);
        var ended = await onCluster.MustAsync([.. Twelve, "--executor", "slurm"]);
        var here = await local.MustAsync(Twelve);
        Assert.Equal(Comparable(here.Output), Comparable(ended.Output));
        Assert.Equal(13, Comparable(ended.Output).Count(line => line.Contains("done") || line.Contains("STATUS")));
        var sweep = Path.GetFileName(Directory.EnumerateDirectories(Path.Combine(local.Artifacts, "sweeps")).Single());
        Assert.True(File.Exists(Path.Combine(onCluster.Artifacts, "sweeps", sweep, "report.html")));
        await onCluster.AssertStoreIsIntact();
        Assert.All(onCluster.TimesMade(), stage => Assert.Equal(1, stage.Value));
        Assert.False(Directory.Exists(Path.Combine(onCluster.Artifacts, "latest")));
    }

    [SlurmFact]
    public async Task Successive_halving_is_one_array_a_rung_and_comes_to_the_local_result()
    {
        using var onCluster = new ClusterWorkplace(cluster);
        using var local = new ClusterWorkplace(cluster);
        string[] halving = [.. Twelve[..4], "--set", "train.epochs=4", "--halving", "--eta", "2", "--repeat", "2"];
        var ended = await onCluster.MustAsync([.. halving, "--executor", "slurm"]);
        var here = await local.MustAsync(halving);
        Assert.Equal(Comparable(here.Output), Comparable(ended.Output));
        Assert.Contains("rung-2", ended.Error);
    }

    [SlurmFact]
    public async Task A_failing_trial_is_tried_again_and_then_reported_with_the_end_of_its_log_while_the_others_finish()
    {
        using var workplace = new ClusterWorkplace(cluster);
        var ended = await workplace.DoAsync("sweep", "small.yaml", "--set", "train.engine=ort,torch", "--executor", "slurm", "--slurm", "retries=2");
        Assert.True(ended.Code == 1, $"{ended}");
        Assert.True(Regex.IsMatch(ended.Output, @"^ort .* done .*\ntorch .* failed .* engine 'torch'", RegexOptions.Multiline), $"{ended}");
        Assert.Contains("its log, ", ended.Error);
        var log = File.ReadAllText(Path.Combine(workplace.Job, "logs", "rung-1-2.log"));
        Assert.Equal(3, log.Split("trial 2: ").Length - 1);
    }

    [SlurmFact]
    public async Task Whoever_follows_may_leave_and_come_back()
    {
        using var workplace = new ClusterWorkplace(cluster);
        using (var first = workplace.Start("sweep", "small.yaml", "--set", "train.batchSize=10,20", "--set", "train.epochs=4000", "--executor", "slurm"))
        {
            await first.UntilAsync(() => first.Error.Contains("trial 1: "));
            await first.SignalAsync("INT");
            var left = await first.EndAsync(TimeSpan.FromSeconds(30));
            Assert.True(left.Code == 130, $"{left}");
            Assert.Contains("goes on without you", left.Error);
        }
        var again = await workplace.MustAsync("sweep", "small.yaml", "--set", "train.batchSize=10,20", "--set", "train.epochs=4000", "--executor", "slurm", "--detach");
        var jobs = await workplace.MustAsync("jobs");
        Assert.Single(Directory.EnumerateDirectories(Path.Combine(workplace.Artifacts, "jobs")));
        Assert.Contains("does the same already", again.Error);
        Assert.Matches("sweep +(running|waiting)", jobs.Output);
        var ended = await workplace.MustAsync("attach", "latest", "--publish-best");
        Assert.Contains("it is now artifacts/latest", ended.Output);
        Assert.Matches("sweep +done", (await workplace.MustAsync("jobs")).Output);
        Assert.True(File.Exists(Path.Combine(workplace.Artifacts, "latest", "model.onnx")));
    }

    /// <summary>A table's lines without what differs from time to time: the runs' IDs and the folder.</summary>
    private static IEnumerable<string> Comparable(string output) => output.Split('\n').TakeWhile(line => !line.StartsWith("best:", StringComparison.Ordinal)).Select(line => Spaces().Replace(RunId().Replace(line, "RUN"), " "));

    [GeneratedRegex(@"\d{8}-\d{6}-small(-\d+)?")]
    private static partial Regex RunId();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
