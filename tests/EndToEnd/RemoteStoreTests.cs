using System.Text.RegularExpressions;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.EndToEnd.Tests;

/// <summary>Machines, each a workplace, that share a remote store: a real nginx.</summary>
public sealed class RemoteStoreTests
{
    private static readonly string[] Stages = ["data", "model", "train", "export", "evaluate", "report"];

    [DataAndNginxFact]
    public async Task What_was_made_here_is_taken_from_the_remote_there_and_used_without_it_later()
    {
        using var here = new Workplace();
        using var there = new Workplace();
        await using (var nginx = await Nginx.StartAsync())
        {
            var made = await here.RunAsync("--remote", nginx.Address);
            Assert.True(made.Code == 0, $"{made}");
            Assert.All(Stages, stage => Assert.Matches($"(?m)^{stage} +made ", made.Output));

            var taken = await there.RunAsync("--remote", nginx.Address);
            Assert.True(taken.Code == 0, $"{taken}");
            Assert.All(Stages, stage => Assert.Matches($"(?m)^{stage} +cached .* from the remote {nginx.Address}$", taken.Output));
            Assert.Equal(here.ModelHash(), there.ModelHash());
            Assert.Equal("6 of 6 artifacts are intact\n", (await there.DoAsync("cache", "verify")).Output);

            using var corner = new Workplace();
            var pulled = await corner.DoAsync("pull", "latest", "--remote", nginx.Address);
            Assert.True(pulled.Code == 0, $"{pulled}");
            Assert.Equal(here.ModelHash(), corner.ModelHash());
        }
        var gone = $"http://127.0.0.1:{Nginx.FreePort()}/team/store";
        var cached = await there.RunAsync("--remote", gone);
        Assert.True(cached.Code == 0, $"{cached}");
        Assert.DoesNotMatch("(?m)^[a-z]+ +made ", cached.Output);

        var changed = await there.RunAsync("--remote", gone, "--set", "seed=4", "--until", "model");
        Assert.True(changed.Code == 0, $"{changed}");
        Assert.Single(Regex.Matches(changed.Error, "left alone from here on"));
        Assert.Contains("pipeline push ", changed.Error);
    }

    [DataAndNginxFact]
    public async Task A_content_that_the_remote_has_damaged_is_told_made_anew_and_made_good()
    {
        await using var nginx = await Nginx.StartAsync();
        using var here = new Workplace();
        Assert.Equal(0, (await here.RunAsync("--until", "train", "--remote", nginx.Address)).Code);
        var blob = nginx.Files.Select(f => Path.Combine(nginx.Data, "team/store", f)).Single(f => f.Contains("blobs", StringComparison.Ordinal) && File.ReadAllBytes(f).AsSpan().SequenceEqual(File.ReadAllBytes(here.Published("trained.onnx"))));
        var bytes = File.ReadAllBytes(blob);
        File.WriteAllBytes(blob, [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);

        using var there = new Workplace();
        var ended = await there.RunAsync("--until", "train", "--remote", nginx.Address);
        Assert.True(ended.Code == 0, $"{ended}");
        Assert.Matches("(?m)^data +cached .*\nmodel +cached .*\ntrain +made ", ended.Output);
        Assert.Contains($"train: what the remote has is damaged, so it is made anew: GET {nginx.Address}/blobs/sha256/", ended.Error);
        Assert.Equal(bytes, File.ReadAllBytes(blob));
    }
}

/// <summary>A test on real data with a real nginx.</summary>
internal sealed class DataAndNginxFactAttribute : DataFactAttribute
{
    public DataAndNginxFactAttribute() => Skip ??= Nginx.Unavailable;
}
