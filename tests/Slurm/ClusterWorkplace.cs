using System.Text.Json;

namespace OnnxPipeline.Slurm.Tests;

/// <summary>A folder with a recipe that needs no files, in which the command line hands jobs to a cluster.</summary>
internal sealed class ClusterWorkplace : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>Trained and exported in seconds; with more epochs, for as long as a test likes.</summary>
    private const string Recipe = """
        name: small
        seed: 3
        data:
          dataset: moons
          moons:
            train: [{samples: 400, noise: 0.2}]
            validation: [{samples: 100, noise: 0.2}]
            test: [{samples: 100, noise: 0.2}]
        model: {name: mlp, hidden: [16], dropout: 0.1}
        train:
          epochs: 3
          batchSize: 20
          loss: {name: binary-cross-entropy}
          optimizer: {name: adam, learningRate: 0.01}
        slurm: {cores: 1, retries: 1, graceSeconds: 5}

        """;

    private readonly TempFolder _folder = new();
    private readonly SlurmCluster _cluster;

    public ClusterWorkplace(SlurmCluster cluster, string recipe = Recipe)
    {
        _cluster = cluster;
        System.IO.File.WriteAllText(File("small.yaml"), recipe);
    }

    public string Folder => _folder.Path;

    public string Artifacts => File("artifacts");

    /// <summary>The last job's folder.</summary>
    public string Job => Directory.EnumerateDirectories(Path.Combine(Artifacts, "jobs")).Max(StringComparer.Ordinal)!;

    public string File(string name) => _folder.File(name);

    public RunningProcess Start(params string[] arguments) => _cluster.Pipeline(Folder, [.. arguments, "--artifacts", Artifacts]);

    public async Task<Ended> DoAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        return await process.EndAsync(Patience);
    }

    /// <summary>Runs a verb to its end, which must be a good one.</summary>
    public async Task<Ended> MustAsync(params string[] arguments)
    {
        var ended = await DoAsync(arguments);
        Assert.True(ended.Code == 0, $"{ended}\n{Logs()}");
        return ended;
    }

    /// <summary>What Slurm's ID of the last job's first batch is.</summary>
    public string SlurmId()
    {
        using var job = JsonDocument.Parse(System.IO.File.ReadAllText(Path.Combine(Job, "job.json")));
        return job.RootElement.GetProperty("batches")[0].GetProperty("parts")[0].GetProperty("slurmId").GetString()!;
    }

    /// <summary>All that the last job's tasks have said.</summary>
    public string Logs() => !Directory.Exists(Path.Combine(Artifacts, "jobs")) || !Directory.Exists(Path.Combine(Job, "logs")) ? ""
        : string.Concat(Directory.EnumerateFiles(Path.Combine(Job, "logs")).Order(StringComparer.Ordinal).Select(log => $"--- {Path.GetFileName(log)}\n{System.IO.File.ReadAllText(log)}"));

    /// <summary>How often each stage was made, not cached, by any of the runs, by its key.</summary>
    public IReadOnlyDictionary<string, int> TimesMade() => Directory.EnumerateFiles(Path.Combine(Artifacts, "runs"), "run.json", SearchOption.AllDirectories)
        .Select(file => JsonDocument.Parse(System.IO.File.ReadAllText(file)).RootElement)
        .SelectMany(run => run.GetProperty("stages").EnumerateArray())
        .Where(stage => !stage.GetProperty("cached").GetBoolean())
        .GroupBy(stage => stage.GetProperty("key").GetString()!)
        .ToDictionary(g => g.Key, g => g.Count());

    /// <summary>The hash of what a stage made in the last run, and whether it was cached.</summary>
    public string Hash(string stage)
    {
        var run = Directory.EnumerateFiles(Path.Combine(Artifacts, "runs"), "run.json", SearchOption.AllDirectories).Max(StringComparer.Ordinal)!;
        using var record = JsonDocument.Parse(System.IO.File.ReadAllText(run));
        return record.RootElement.GetProperty("stages").EnumerateArray().First(s => s.GetProperty("name").GetString() == stage).GetProperty("hash").GetString()!;
    }

    public async Task AssertStoreIsIntact()
    {
        var verified = await MustAsync("cache", "verify");
        Assert.Contains("artifacts are intact", verified.Output);
    }

    public void Dispose() => _folder.Dispose();
}
