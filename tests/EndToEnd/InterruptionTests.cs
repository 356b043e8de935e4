namespace OnnxPipeline.EndToEnd.Tests;

/// <summary>Training that is killed or interrupted, and taken up again, ends with the bytes of a run that was not.</summary>
[Collection(FinishedRun.Collection)]
public sealed class InterruptionTests(FinishedRun finished)
{
    /// <summary>Writes a checkpoint after every step, which changes nothing but the time that training takes.</summary>
    private static readonly string[] OftenSaved = ["--set", "train.checkpointSeconds=0.001"];
    private const int Kills = 5;
    private const int LongestDelay = 300;

    [DataFact]
    public async Task Killed_at_random_moments_again_and_again_a_run_ends_with_the_same_bytes()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var story = $"seed {seed};";
        using var workplace = new Workplace();
        for (var kill = 0; kill < Kills; kill++)
        {
            using var process = workplace.StartRun(OftenSaved);
            // By turns while training starts, and once it has got further than the last time.
            var last = workplace.CheckpointTime();
            if (kill % 2 == 0) await process.UntilAsync(() => process.Error.Contains("train: running"));
            else await process.UntilAsync(() => workplace.CheckpointTime() is { } time && time != last);
            var delay = random.Next(LongestDelay);
            await Task.Delay(delay);
            story += process.HasExited ? " finished before the kill;" : $" killed after {delay} ms;";
            process.Kill();
        }

        var ended = await workplace.RunAsync(OftenSaved);
        Assert.True(ended.Code == 0, $"{story} {ended}");
        if (!story.Contains("finished")) Assert.True(ended.Error.Contains("taken up from the checkpoint at epoch"), $"{story} {ended}");
        Assert.True(finished.Workplace.ModelHash() == workplace.ModelHash(), $"{story} another model.onnx\n{ended}");
        Assert.Equal(File.ReadAllText(finished.Workplace.Latest("history.json")), File.ReadAllText(workplace.Latest("history.json")));
        AssertNothingIsLeft(workplace);
    }

    [DataTheory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_saves_a_checkpoint_from_which_the_next_run_ends_with_the_same_bytes(string signal)
    {
        using var workplace = new Workplace();
        using (var process = workplace.StartRun(OftenSaved))
        {
            await process.UntilAsync(() => process.Error.Contains("train: epoch 2 "));
            await process.SignalAsync(signal);
            var interrupted = await process.EndAsync(TimeSpan.FromMinutes(1));
            Assert.True(interrupted is { Code: 130, Output: "" }, $"{interrupted}");
            Assert.Contains("interrupted; run the same command again", interrupted.Error);
        }
        Assert.NotNull(workplace.CheckpointTime());
        Assert.False(File.Exists(workplace.Latest("model.onnx")));

        var ended = await workplace.RunAsync();
        Assert.True(ended.Code == 0, $"{ended}");
        Assert.Contains("taken up from the checkpoint at epoch", ended.Error);
        Assert.Equal(finished.Workplace.ModelHash(), workplace.ModelHash());
        AssertNothingIsLeft(workplace);
    }

    private static void AssertNothingIsLeft(Workplace workplace)
    {
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(workplace.Store, "staging")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(workplace.Store, "work")));
    }
}
