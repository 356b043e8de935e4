namespace OnnxPipeline.Slurm.Tests;

/// <summary>A folder in shards, each a task of an array, and a job that merges them.</summary>
[Collection(SlurmCluster.Collection)]
public sealed class PredictTests(SlurmCluster cluster)
{
    private const int Images = 20_000;
    private const int Side = 8;

    private const string Recipe = """
        name: small
        seed: 3
        data: {dataset: image-folder, imageFolder: {path: taught, size: 8x8}}
        model: {name: mlp, hidden: [16]}
        train: {epochs: 2, batchSize: 16}

        """;

    [SlurmFact]
    public async Task Eight_shards_of_twenty_thousand_images_make_the_bytes_of_one_run_also_after_a_cancel()
    {
        using var workplace = new ClusterWorkplace(cluster, Recipe);
        WriteImages(workplace, "taught", 60);
        WriteImages(workplace, "images", Images);
        await workplace.MustAsync("run", "small.yaml");
        var model = Path.Combine(workplace.Artifacts, "latest", "model.onnx");
        await workplace.MustAsync("predict", model, "images", "--out", workplace.File("whole.csv"));
        // A shard takes less than a second; one at a time, the cancel comes before the last of them.
        string[] sharded = ["predict", model, "images", "--low", "3", "--out", workplace.File("sharded.csv"), "--executor", "slurm", "--slurm", "cores=1", "--slurm", "maxTasks=1"];
        using (var follower = workplace.Start(sharded))
        {
            await follower.UntilAsync(() => follower.Error.Contains("shard 1 of 8: done"));
            await workplace.MustAsync("cancel", "latest");
            var cancelled = await follower.EndAsync(TimeSpan.FromMinutes(1));
            Assert.True(cancelled.Code == 1, $"{cancelled}");
        }
        Assert.False(File.Exists(workplace.File("sharded.csv")));
        // What comes into the folder meanwhile is not of this job.
        File.WriteAllText(workplace.File("images/a/zzz.png"), "no image");
        File.Delete(workplace.File("images/a/zzz.png"));

        var ended = await workplace.MustAsync(sharded);
        Assert.Single(Directory.EnumerateDirectories(Path.Combine(workplace.Artifacts, "jobs")));
        Assert.Equal(await File.ReadAllBytesAsync(workplace.File("whole.csv")), await File.ReadAllBytesAsync(workplace.File("sharded.csv")));
        Assert.Contains($"{Images} images classified", ended.Error);
        Assert.Contains("least certain", ended.Error);
    }

    [SlurmFact]
    public async Task What_cannot_be_divided_is_refused_before_anything_is_handed_in()
    {
        using var workplace = new ClusterWorkplace(cluster, Recipe);
        WriteImages(workplace, "taught", 20);
        await workplace.MustAsync("run", "small.yaml", "--until", "export");
        var model = Directory.EnumerateFiles(Path.Combine(workplace.Artifacts, "store"), "model.onnx", SearchOption.AllDirectories).First(f => new FileInfo(f).Directory!.GetFiles("verify.json").Length > 0);
        foreach (var (arguments, expected) in new (string[], string)[]
        {
            ([], "add --out FILE.csv"),
            (["--out", "rows.txt"], "only as CSV or JSON Lines"),
            (["--out", "rows.csv", "--resume"], "--resume does not go with"),
            (["--out", "rows.csv", "--device", "cuda:1"], "Slurm chooses the GPU"),
            (["--out", "rows.csv", "--columns", "nonsense"], "nonsense"),
            (["--out", "rows.csv", "--slurm", "shards=0"], "shards"),
            (["--out", "rows.csv", "--profile", "none.yaml"], "there is no file 'none.yaml'"),
        })
        {
            var ended = await workplace.DoAsync(["predict", model, "taught", .. arguments, "--executor", "slurm"]);
            Assert.True(ended.Code == 2 && ended.Error.Contains(expected), $"{expected}: {ended}");
        }
        Assert.False(Directory.Exists(Path.Combine(workplace.Artifacts, "jobs")));
    }

    /// <summary>Grey noise, brighter in the second of two folders.</summary>
    private static void WriteImages(ClusterWorkplace workplace, string folder, int count)
    {
        var random = new Random(count);
        var pixels = new byte[Side * Side];
        foreach (var name in new[] { "a", "b" })
        {
            Directory.CreateDirectory(workplace.File($"{folder}/{name}"));
            for (var i = 0; i < count / 2; i++)
            {
                random.NextBytes(pixels);
                if (name == "b") for (var p = 0; p < pixels.Length; p++) pixels[p] |= 128;
                File.WriteAllBytes(workplace.File($"{folder}/{name}/{i:00000}.png"), TestImages.GreyPng(Side, Side, pixels));
            }
        }
    }
}
