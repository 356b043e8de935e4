namespace OnnxPipeline.Slurm.Tests;

/// <summary>Time limits, preemption, dead daemons and dead nodes: what was begun goes on, and nothing is done twice.</summary>
[Collection(SlurmCluster.Collection)]
public sealed class FailureTests(SlurmCluster cluster)
{
    private static readonly string[] Long = ["--set", "train.epochs=5000", "--set", "train.checkpointSeconds=0.5"];

    [SlurmFact]
    public async Task The_signal_before_the_time_limit_saves_a_checkpoint_from_which_the_requeued_trial_ends_with_the_same_bytes()
    {
        using var workplace = new ClusterWorkplace(cluster);
        using var local = new ClusterWorkplace(cluster);
        using (var follower = workplace.Start(["sweep", "small.yaml", "--set", "train.batchSize=10,20", .. Long, "--executor", "slurm", "--slurm", "retries=0"]))
        {
            // Who follows has seen them too, and so sees that they stop.
            SlurmCluster.Until(() => follower.HasExited || (Training(workplace, 1) && Training(workplace, 2) && follower.Error.Contains("trial 1: ") && follower.Error.Contains("trial 2: ")), "the trials do not train");
            // What Slurm sends so many seconds before the limit, whose unit is the minute.
            cluster.Query("scancel", "--batch", "--signal=USR1", workplace.SlurmId());
            var ended = await follower.EndAsync(TimeSpan.FromMinutes(3));
            Assert.True(ended.Code == 0, $"{ended}\n{workplace.Logs()}");
            Assert.Contains("it goes on from its checkpoint", ended.Error);
        }
        var log = workplace.Logs();
        Assert.Contains("interrupted; the next start of this task goes on from here", log);
        Assert.Contains("taken up from the checkpoint at epoch", log);
        await local.MustAsync(["sweep", "small.yaml", "--set", "train.batchSize=10,20", .. Long]);
        Assert.Equal(TrainedModels(local), TrainedModels(workplace));
    }

    [SlurmFact]
    public async Task A_killed_daemon_that_comes_back_costs_nothing_and_nothing_is_done_twice()
    {
        using var workplace = new ClusterWorkplace(cluster);
        using var local = new ClusterWorkplace(cluster);
        string[] sweep = ["sweep", "small.yaml", "--set", "train.batchSize=10,20,40", "--set", "train.optimizer.learningRate=0.003,0.01", "--set", "train.epochs=60"];
        using (var follower = workplace.Start([.. sweep, "--executor", "slurm"]))
        {
            SlurmCluster.Until(() => follower.HasExited || Training(workplace, 1) && Training(workplace, 2), "the trials do not train");
            foreach (var node in SlurmCluster.Nodes) cluster.KillNode(node);
            await Task.Delay(TimeSpan.FromSeconds(3));
            foreach (var node in SlurmCluster.Nodes) cluster.StartNode(node);
            var ended = await follower.EndAsync(TimeSpan.FromMinutes(4));
            Assert.True(ended.Code == 0, $"{ended}\n{workplace.Logs()}");
        }
        await local.MustAsync(sweep);
        Assert.Equal(TrainedModels(local), TrainedModels(workplace));
        Assert.All(workplace.TimesMade(), stage => Assert.Equal(1, stage.Value));
        await workplace.AssertStoreIsIntact();
    }

    [SlurmFact]
    public async Task What_ran_on_a_node_that_died_is_taken_up_again()
    {
        using var workplace = new ClusterWorkplace(cluster);
        using var follower = workplace.Start(["sweep", "small.yaml", "--set", "train.batchSize=10,20", .. Long, "--executor", "slurm", "--slurm", "cores=2"]);
        SlurmCluster.Until(() => follower.HasExited || Training(workplace, 1) && Training(workplace, 2), "the trials do not train");
        cluster.FailNode("n1");
        // Its trial goes to the other node, once Slurm has missed it.
        SlurmCluster.Until(() => follower.HasExited || follower.Error.Contains("start 2 on"), "the trial is not begun again");
        cluster.StartNode("n1");
        var ended = await follower.EndAsync(TimeSpan.FromMinutes(4));
        Assert.True(ended.Code == 0, $"{ended}\n{workplace.Logs()}");
        Assert.Contains("start 2 on", ended.Error);
        Assert.Contains("taken up from the checkpoint", workplace.Logs());
        Assert.All(workplace.TimesMade(), stage => Assert.Equal(1, stage.Value));
        await workplace.AssertStoreIsIntact();
    }

    [SlurmFact]
    public async Task A_preempted_trial_makes_room_and_goes_on_from_its_checkpoint()
    {
        using var workplace = new ClusterWorkplace(cluster);
        using var follower = workplace.Start(["sweep", "small.yaml", "--set", "train.batchSize=10,20", .. Long, "--executor", "slurm", "--slurm", "cores=2", "--slurm", "retries=0"]);
        SlurmCluster.Until(() => follower.HasExited || Training(workplace, 1) && Training(workplace, 2), "the trials do not train");
        cluster.Query("sbatch", "--partition=urgent", "--exclusive", "--output=/dev/null", "--wrap=sleep 2");
        var ended = await follower.EndAsync(TimeSpan.FromMinutes(4));
        Assert.True(ended.Code == 0, $"{ended}\n{workplace.Logs()}");
        Assert.Contains("start 2 on", ended.Error);
        Assert.Contains("taken up from the checkpoint", workplace.Logs());
        Assert.All(workplace.TimesMade(), stage => Assert.Equal(1, stage.Value));
    }

    [SlurmFact]
    public async Task A_cancelled_sweep_leaves_a_clean_store_and_the_same_command_goes_on()
    {
        using var workplace = new ClusterWorkplace(cluster);
        string[] sweep = ["sweep", "small.yaml", "--set", "train.batchSize=10,20,40", .. Long, "--executor", "slurm"];
        using (var follower = workplace.Start(sweep))
        {
            SlurmCluster.Until(() => follower.HasExited || Training(workplace, 1), "the trial does not train");
            cluster.Query("scancel", workplace.SlurmId());
            var cancelled = await follower.EndAsync(TimeSpan.FromMinutes(2));
            Assert.True(cancelled.Code == 1, $"{cancelled}");
            Assert.Contains("CANCELLED", cancelled.Output + cancelled.Error);
        }
        await workplace.AssertStoreIsIntact();
        Assert.Contains("interrupted", workplace.Logs());
        var ended = await workplace.MustAsync(sweep);
        Assert.Contains("goes on", ended.Error);
        Assert.Contains("taken up from the checkpoint", workplace.Logs());
        Assert.Equal(3, TrainedModels(workplace).Count());
    }

    [SlurmFact]
    public async Task The_same_trial_on_two_nodes_is_made_once()
    {
        using var workplace = new ClusterWorkplace(cluster);
        string[] options = ["--set", "train.epochs=60", "--executor", "slurm", "--detach"];
        await workplace.MustAsync(["sweep", "small.yaml", "--set", "train.batchSize=10,20", .. options]);
        var first = Path.GetFileName(workplace.Job);
        await workplace.MustAsync(["sweep", "small.yaml", "--set", "train.batchSize=20,10", "--metric", "validation.loss", .. options]);
        await workplace.MustAsync("attach", "latest");
        await workplace.MustAsync("attach", first);
        Assert.All(workplace.TimesMade(), stage => Assert.Equal(1, stage.Value));
        Assert.Equal(2, TrainedModels(workplace).Count());
    }

    private static bool Training(ClusterWorkplace workplace, int task) =>
        Directory.Exists(Path.Combine(workplace.Artifacts, "jobs"))
        && File.Exists(Path.Combine(workplace.Job, "logs", $"rung-1-{task}.log"))
        && File.ReadAllText(Path.Combine(workplace.Job, "logs", $"rung-1-{task}.log")).Contains("train: epoch 5 ");

    /// <summary>The hashes of all trained models in the store.</summary>
    private static IEnumerable<string> TrainedModels(ClusterWorkplace workplace) =>
        Directory.EnumerateFiles(Path.Combine(workplace.Artifacts, "store", "stages"), "history.json", SearchOption.AllDirectories)
            .Select(file => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(file)!, "trained.onnx")))))
            .Order(StringComparer.Ordinal);
}
