using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.EndToEnd.Tests;

/// <summary>A disk that is full, or cannot be written to.</summary>
[Collection(FinishedRun.Collection)]
public sealed class DiskTests(FinishedRun finished)
{
    private const int Enough = 64 << 10;

    [DataOnTmpfsFact]
    public Task A_disk_that_is_full_while_the_dataset_is_written_is_named_and_more_room_helps() => FillAsync(1000, "data", "0 of 0");

    [DataOnTmpfsFact]
    public Task A_disk_that_is_full_while_training_is_named_and_more_room_helps() => FillAsync(2100, "train", "2 of 2");

    [DataOnTmpfsFact]
    public async Task A_read_only_store_is_read_from_and_named_when_it_must_be_written_to()
    {
        using var disk = new Tmpfs(Enough);
        using var workplace = new Workplace { Artifacts = Path.Combine(disk.Path, "artifacts") };
        Assert.Equal(0, (await workplace.RunAsync("--until", "data")).Code);
        disk.MakeReadOnly();

        var ended = await workplace.RunAsync();
        Assert.Equal((1, ""), (ended.Code, ended.Output));
        Assert.Contains($"Cannot write below '{workplace.Artifacts}", ended.Error);
        Assert.Contains("read-only", ended.Error);
        Assert.Contains("--artifacts", ended.Error);
        Assert.Matches("data +cached", (await workplace.DoAsync("status", "small.yaml")).Output);
        Assert.Equal(0, (await workplace.DoAsync("cache", "verify")).Code);
    }

    private async Task FillAsync(int kilobytes, string stage, string intact)
    {
        using var disk = new Tmpfs(kilobytes);
        using var workplace = new Workplace { Artifacts = Path.Combine(disk.Path, "artifacts") };
        var ended = await workplace.RunAsync();
        Assert.True(ended.Code == 1, $"{ended}");
        Assert.Contains($"error: Stage '{stage}' failed: The disk is full below '{workplace.Store}'", ended.Error);
        Assert.Matches("[0-9]+ bytes are free", ended.Error);
        Assert.Equal((1, ""), (ended.Code, ended.Output));

        var verified = await workplace.DoAsync("cache", "verify");
        Assert.Equal((0, $"{intact} artifacts are intact\n"), (verified.Code, verified.Output));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(workplace.Store, "staging")));
        Assert.False(Directory.Exists(Path.Combine(workplace.Artifacts, "latest")));

        disk.Resize(Enough);
        var again = await workplace.RunAsync();
        Assert.True(again.Code == 0, $"{again}");
        Assert.Equal(finished.Workplace.ModelHash(), workplace.ModelHash());
    }
}
