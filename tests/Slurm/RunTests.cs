using System.Text.Json;

namespace OnnxPipeline.Slurm.Tests;

/// <summary>A run as jobs chained by dependencies.</summary>
[Collection(SlurmCluster.Collection)]
public sealed class RunTests(SlurmCluster cluster)
{
    [SlurmFact]
    public async Task A_run_is_a_job_a_stage_and_ends_with_the_artifacts_and_the_record_of_a_local_one()
    {
        using var onCluster = new ClusterWorkplace(cluster);
        using var local = new ClusterWorkplace(cluster);
        var ended = await onCluster.MustAsync("run", "small.yaml", "--executor", "slurm");
        await local.MustAsync("run", "small.yaml");
        var (there, here) = (Stages(onCluster), Stages(local));
        Assert.Equal(here.Select(s => (s.Name, s.Key)), there.Select(s => (s.Name, s.Key)));
        Assert.All(there, stage => Assert.False(stage.Cached, stage.Name));
        Assert.Equal(here.First(s => s.Name == "train").Hash, there.First(s => s.Name == "train").Hash);
        Assert.Equal(Listing(local), Listing(onCluster));
        using var job = JsonDocument.Parse(File.ReadAllText(Path.Combine(onCluster.Job, "job.json")));
        Assert.Equal(here.Count, job.RootElement.GetProperty("batches").GetArrayLength());
        Assert.Contains("train: done", ended.Error);
        Assert.Contains("test.accuracy", ended.Output);

        // All but the last stage is cached now: one job.
        await onCluster.MustAsync("run", "small.yaml", "--force", "evaluate", "--executor", "slurm");
        using var second = JsonDocument.Parse(File.ReadAllText(Path.Combine(onCluster.Job, "job.json")));
        Assert.Equal(["evaluate", "report"], second.RootElement.GetProperty("batches").EnumerateArray().Select(b => b.GetProperty("name").GetString()));
    }

    [SlurmFact]
    public async Task What_the_nodes_make_goes_to_the_remote_store_and_comes_back_from_it()
    {
        using var remote = new PlainStore();
        using var onCluster = new ClusterWorkplace(cluster);
        using var elsewhere = new ClusterWorkplace(cluster);
        await onCluster.MustAsync("run", "small.yaml", "--remote", remote.Address, "--executor", "slurm");
        await elsewhere.MustAsync("run", "small.yaml", "--remote", remote.Address, "--executor", "slurm");
        Assert.All(Stages(onCluster), stage => Assert.False(stage.Cached, stage.Name));
        Assert.All(Stages(elsewhere), stage => Assert.True(stage.Cached, stage.Name));
        Assert.Equal(Stages(onCluster).Select(s => s.Hash), Stages(elsewhere).Select(s => s.Hash));
        Assert.DoesNotContain(remote.Address, File.ReadAllText(Path.Combine(onCluster.Job, "job.json")) + File.ReadAllText(Path.Combine(onCluster.Job, "batch.sh")));
    }

    [SlurmFact]
    public async Task Where_a_stage_fails_those_that_need_it_are_given_up()
    {
        using var workplace = new ClusterWorkplace(cluster);
        var ended = await workplace.DoAsync("run", "small.yaml", "--executor", "slurm", "--slurm", "retries=0", "--slurm", "command=/bin/false");
        Assert.True(ended.Code == 1, $"{ended}");
        Assert.Contains("data task 1 failed: Slurm says FAILED; exit code 1 on ", ended.Error);
        Assert.Contains("train task 1 failed", ended.Error);
        Assert.False(Directory.Exists(Path.Combine(workplace.Artifacts, "latest")));
        Assert.Matches("run +failed", (await workplace.MustAsync("jobs")).Output);
    }

    private static List<(string Name, string Key, string Hash, bool Cached)> Stages(ClusterWorkplace workplace)
    {
        using var run = JsonDocument.Parse(File.ReadAllText(Path.Combine(workplace.Artifacts, "latest", "run.json")));
        return [.. run.RootElement.GetProperty("stages").EnumerateArray().Select(s => (s.GetProperty("name").GetString()!, s.GetProperty("key").GetString()!, s.GetProperty("hash").GetString()!, s.GetProperty("cached").GetBoolean()))];
    }

    private static IEnumerable<string> Listing(ClusterWorkplace workplace) =>
        Directory.EnumerateFiles(Path.Combine(workplace.Artifacts, "latest")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);
}
