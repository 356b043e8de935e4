using System.Diagnostics;
using System.Text.RegularExpressions;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Commands;

/// <summary>The command line as real processes on one store.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly RaceFolder _race = new();

    public void Dispose() => _race.Dispose();

    [Fact]
    public async Task Processes_that_race_do_the_work_once_and_end_with_the_same_artifacts()
    {
        var processes = Enumerable.Range(0, 3).Select(_ => _race.Start("run", "slow.yaml")).ToArray();
        var results = await Task.WhenAll(processes.Select(RaceFolder.End));
        Assert.All(results, r => Assert.Equal((0, r.Error), (r.Code, r.Error)));
        Assert.Equal(["data", "evaluate", "train from 0"], _race.Log());
        Assert.Single(results.Select(r => string.Join(' ', Regex.Matches(r.Output, "[0-9a-f]{12} ").Select(m => m.Value))).Distinct());
        Assert.Equal((0, "3 of 3 artifacts are intact\n"), await _race.Quick("cache", "verify"));
        Assert.Equal("0.95", Regex.Match(File.ReadAllText(_race.File("artifacts/latest/metrics.json")), "0.95").Value);
    }

    [Fact]
    public async Task A_claim_dies_with_its_process_and_who_waited_goes_on_from_its_checkpoint()
    {
        string[] line = ["run", "slow.yaml", "--set", "train.epochs=4000"];
        using var first = _race.Start(line);
        await RaceFolder.Until(() => first.HasExited || _race.CheckpointLines() > 2);
        using var second = _race.Start(line);
        using var patience = new CancellationTokenSource(RaceFolder.Patience);
        while (await second.StandardError.ReadLineAsync(patience.Token) is { } told && !Regex.IsMatch(told, $"train: waiting for process {first.Id} on .*, since")) Assert.DoesNotContain("running", told);
        first.Kill();
        await RaceFolder.Until(() => second.HasExited || _race.Log().Length == 3);
        Assert.False(second.HasExited);
        Assert.Matches("^train from [1-9]", _race.Log()[2]);
        second.Kill();
    }

    [Fact]
    public async Task A_run_killed_again_and_again_ends_with_the_bytes_of_one_that_was_not()
    {
        string[] line = ["run", "slow.yaml", "--set", "train.epochs=100"];
        var random = new Random(3);
        for (var kill = 0; kill < 3; kill++)
        {
            using var process = _race.Start(line);
            var epochs = _race.Log().Length == 0 ? 0 : _race.CheckpointLines();
            await RaceFolder.Until(() => process.HasExited || _race.CheckpointLines() > epochs + random.Next(1, 4));
            process.Kill();
            await process.WaitForExitAsync();
        }
        Assert.Equal(0, (await RaceFolder.End(_race.Start(line))).Code);
        Assert.Contains(_race.Log(), l => l.StartsWith("train from ") && l != "train from 0");
        Assert.Equal(Enumerable.Range(1, 100).Select(e => $"epoch {e} of seed 0"), File.ReadAllLines(_race.File("artifacts/latest/model.txt")));
        Assert.Equal((0, "3 of 3 artifacts are intact\n"), await _race.Quick("cache", "verify"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_race.File("artifacts/store/staging")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_race.File("artifacts/store/work")));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_ends_the_run_with_130_and_the_next_goes_on(string signal)
    {
        using var process = _race.Start("run", "slow.yaml", "--set", "train.epochs=2000");
        await RaceFolder.Until(() => process.HasExited || _race.CheckpointLines() > 2);
        using (var kill = Process.Start("kill", ["-s", signal, process.Id.ToString()])) await kill.WaitForExitAsync();
        var (code, output, error) = await RaceFolder.End(process);
        Assert.Equal((130, ""), (code, output));
        Assert.Contains("stopping; once more to stop at once", error);
        Assert.Contains("interrupted; run the same command again", error);
        Assert.Matches("slow +interrupted", (await _race.Quick("runs")).Output);

        var seen = _race.CheckpointLines();
        using var next = _race.Start("run", "slow.yaml", "--set", "train.epochs=2000");
        await RaceFolder.Until(() => next.HasExited || _race.Log().Contains($"train from {seen}"));
        Assert.False(next.HasExited);
        next.Kill();
    }

    [Fact]
    public async Task A_SIGTERM_that_comes_twice_at_once_is_one_and_still_lets_the_run_stop_in_order()
    {
        using var process = _race.Start("run", "slow.yaml", "--set", "train.epochs=2000");
        await RaceFolder.Until(() => process.HasExited || _race.CheckpointLines() > 2);
        using (var kill = Process.Start("bash", ["-c", $"kill -s TERM {process.Id}; kill -s TERM {process.Id}; sleep 0.005; kill -s TERM {process.Id}"])) await kill.WaitForExitAsync();
        var (code, _, error) = await RaceFolder.End(process);
        Assert.Equal(130, code);
        Assert.Contains("interrupted; run the same command again", error);
        Assert.Matches("slow +interrupted", (await _race.Quick("runs")).Output);
    }

    [Fact]
    public async Task A_sweep_that_is_killed_and_one_that_is_interrupted_go_on_where_they_were()
    {
        string[] line = ["sweep", "slow.yaml", "--set", "train.batchSize=1,2,3,4", "--set", "train.epochs=100", "--parallel", "2", "--metric", "test.accuracy"];
        using (var killed = _race.Start(line))
        {
            await RaceFolder.Until(() => killed.HasExited || _race.CheckpointLines() > 4);
            killed.Kill();
            await killed.WaitForExitAsync();
        }
        using var interrupted = _race.Start(line);
        await RaceFolder.Until(() => interrupted.HasExited || _race.Log().Count(l => l.StartsWith("train from")) > 4);
        using (var kill = Process.Start("kill", ["-s", "INT", interrupted.Id.ToString()])) await kill.WaitForExitAsync();
        Assert.Equal(130, (await RaceFolder.End(interrupted)).Code);

        var (code, output, error) = await RaceFolder.End(_race.Start(line));
        Assert.Equal((0, ""), (code, code == 0 ? "" : error));
        Assert.Matches(@"\n1 +0.9901 +1 +done.*\n2 +0.9901 .*\n3 +0.9901 .*\n4 +0.9901 ", output);
        Assert.Contains(_race.Log(), l => Regex.IsMatch(l, "^train from [1-9]"));
        Assert.Equal((0, "6 of 6 artifacts are intact\n"), await _race.Quick("cache", "verify"));
        Assert.Single(Directory.GetDirectories(_race.File("artifacts/sweeps")));
        Assert.False(Directory.Exists(_race.File("artifacts/latest")));
    }
}
