using System.Text.RegularExpressions;

namespace OnnxPipeline.EndToEnd.Tests;

/// <summary>A store that several processes use, or that was altered behind their backs.</summary>
[Collection(FinishedRun.Collection)]
public sealed class SharedStoreTests(FinishedRun finished)
{
    [DataFact]
    public async Task Two_runs_that_race_do_the_work_once_and_end_with_the_same_model()
    {
        using var workplace = new Workplace();
        var ended = await Task.WhenAll(workplace.RunAsync(), workplace.RunAsync());
        Assert.All(ended, e => Assert.True(e.Code == 0, $"{e}"));
        foreach (var stage in new[] { "data", "model", "train", "export", "evaluate", "report" })
        {
            Assert.Single(ended, e => Regex.IsMatch(e.Output, $"^{stage} +made ", RegexOptions.Multiline));
            Assert.Single(ended, e => Regex.IsMatch(e.Output, $"^{stage} +cached ", RegexOptions.Multiline));
        }
        Assert.Contains(ended, e => e.Error.Contains("which is making the same artifact"));
        Assert.Equal(finished.Workplace.ModelHash(), workplace.ModelHash());
        Assert.Equal((0, "6 of 6 artifacts are intact\n"), await Verify(workplace));
    }

    [DataTheory]
    [InlineData("train.image.u8", "data")]
    [InlineData("verify.json", "export")]
    [InlineData("trained.onnx", "train")]
    public async Task A_flipped_byte_is_noticed_named_and_made_good(string file, string stage)
    {
        using var workplace = finished.Workplace.Copy();
        Flip(workplace.Published(file));

        var verified = await workplace.DoAsync("cache", "verify");
        Assert.Equal(1, verified.Code);
        Assert.Matches($@"damaged: [0-9a-f]{{12}} \({stage}\): the file '{file}' has the SHA-256", verified.Error);

        var ended = await workplace.RunAsync();
        Assert.True(ended.Code == 0, $"{ended}");
        Assert.Matches($@"(?m)^{stage} +made .*'{file}'", ended.Output);
        Assert.Equal(1, Regex.Count(ended.Output, "^[a-z]+ +made ", RegexOptions.Multiline));
        Assert.Equal(0, (await Verify(workplace)).Code);
        Assert.Equal(finished.Workplace.ModelHash(), workplace.ModelHash());
    }

    [DataFact]
    public async Task A_damaged_checkpoint_is_named_with_what_to_do()
    {
        using var workplace = new Workplace();
        using (var process = workplace.StartRun("--set", "train.checkpointSeconds=0.001"))
        {
            await process.UntilAsync(() => workplace.CheckpointTime() is not null);
            process.Kill();
        }
        File.WriteAllBytes(Checkpoint(workplace), File.ReadAllBytes(Checkpoint(workplace))[..1000]);

        var ended = await workplace.RunAsync();
        Assert.Equal(1, ended.Code);
        Assert.Contains(Checkpoint(workplace), ended.Error);
        Assert.Contains("Delete it", ended.Error);
    }

    private static string Checkpoint(Workplace workplace) => Directory.EnumerateFiles(Path.Combine(workplace.Store, "work"), "checkpoint.onnx", SearchOption.AllDirectories).Single();

    private static async Task<(int Code, string Output)> Verify(Workplace workplace)
    {
        var ended = await workplace.DoAsync("cache", "verify");
        return (ended.Code, ended.Output);
    }

    private static void Flip(string file)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
    }
}
