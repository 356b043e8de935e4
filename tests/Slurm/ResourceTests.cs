namespace OnnxPipeline.Slurm.Tests;

/// <summary>Jobs get what was asked for, and keep to it.</summary>
[Collection(SlurmCluster.Collection)]
public sealed class ResourceTests(SlurmCluster cluster)
{
    [SlurmFact]
    public async Task Jobs_on_cuda_ask_for_a_gpu_and_see_the_one_that_slurm_gave()
    {
        using var workplace = new ClusterWorkplace(cluster);
        File.WriteAllText(workplace.File("gpu.yaml"), $$"""
            retries: 0
            setup: ["env > {{workplace.Folder}}/env.$task", "scontrol show job $SLURM_JOB_ID > {{workplace.Folder}}/job.$task"]

            """);
        // There is no CUDA on this cluster: the trials fail, on the device that they were given.
        var ended = await workplace.DoAsync("sweep", "small.yaml", "--set", "train.batchSize=10,20", "--device", "cuda", "--executor", "slurm", "--profile", "gpu.yaml");
        Assert.True(ended.Code == 1, $"{ended}");
        Assert.Contains("cuda", ended.Output, StringComparison.OrdinalIgnoreCase);
        foreach (var task in new[] { 1, 2 })
        {
            Assert.Contains("CUDA_VISIBLE_DEVICES=0\n", File.ReadAllText(workplace.File($"env.{task}")));
            Assert.Contains("gres:gpu:1", File.ReadAllText(workplace.File($"job.{task}")));
        }
        var numbered = await workplace.DoAsync("sweep", "small.yaml", "--set", "train.batchSize=10,20", "--device", "cuda:1", "--executor", "slurm");
        Assert.True(numbered.Code == 2 && numbered.Error.Contains("Slurm chooses the GPU"), $"{numbered}");
    }

    [SlurmFact]
    public async Task Jobs_on_cpus_use_the_cores_that_slurm_gave_and_no_gpu()
    {
        using var workplace = new ClusterWorkplace(cluster);
        File.WriteAllText(workplace.File("slurm.yaml"), $$"""
            setup: ["env > {{workplace.Folder}}/env.$batch"]
            flags: [--comment=from-the-profile]
            time: "10"
            memory: 500M

            """);
        using (var follower = workplace.Start("run", "small.yaml", "--until", "train", "--set", "train.epochs=300", "--executor", "slurm"))
        {
            SlurmCluster.Until(() => follower.HasExited || workplace.Logs().Contains("train: epoch 5 "), "the stage does not train");
            var job = cluster.Query("scontrol", "show", "job");
            Assert.Contains("Comment=from-the-profile", job);
            Assert.Contains("TimeLimit=00:10:00", job);
            Assert.Contains("NumCPUs=1", job);
            var ended = await follower.EndAsync(TimeSpan.FromMinutes(2));
            Assert.True(ended.Code == 0, $"{ended}\n{workplace.Logs()}");
        }
        var environment = File.ReadAllText(workplace.File("env.train"));
        Assert.Contains("DOTNET_PROCESSOR_COUNT=1\n", environment);
        Assert.DoesNotContain("CUDA_VISIBLE_DEVICES=0", environment);
    }

    [SlurmFact]
    public async Task What_slurm_refuses_is_said_and_leaves_nothing()
    {
        using var workplace = new ClusterWorkplace(cluster);
        var ended = await workplace.DoAsync("run", "small.yaml", "--executor", "slurm", "--slurm", "partition=nowhere");
        Assert.True(ended.Code == 1, $"{ended}");
        Assert.Contains("sbatch failed", ended.Error);
        Assert.Contains("partition", ended.Error);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(workplace.Artifacts, "jobs")));
        Assert.Equal("", cluster.Query("squeue", "-h"));
    }
}
