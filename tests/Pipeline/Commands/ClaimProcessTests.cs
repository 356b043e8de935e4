using System.Diagnostics;
using System.Text.RegularExpressions;
using OnnxPipeline.Pipeline.Tests.Fakes;

namespace OnnxPipeline.Pipeline.Tests.Commands;

/// <summary>Processes as if each were of a machine of its own, on a store that is no place for the operating system's locks.</summary>
public sealed class ClaimProcessTests : IDisposable
{
    private readonly RaceFolder _race = new();

    public void Dispose() => _race.Dispose();

    [Fact]
    public async Task Eight_machines_that_race_do_the_work_once()
    {
        var processes = Enumerable.Range(0, 8).Select(i => StartOn($"node{i}", leaseMilliseconds: 60_000, "run", "slow.yaml")).ToArray();
        var results = await Task.WhenAll(processes.Select(RaceFolder.End));
        Assert.All(results, r => Assert.Equal((0, r.Error), (r.Code, r.Error)));
        Assert.Equal(["data", "evaluate", "train from 0"], _race.Log());
        await AssertCleanAsync();
    }

    [Fact]
    public async Task What_a_dead_machine_was_making_is_taken_over_after_a_lease_from_its_checkpoint()
    {
        using var killed = StartOn("dead", 1500, "run", "slow.yaml", "--set", "train.epochs=80");
        await RaceFolder.Until(() => killed.HasExited || _race.CheckpointLines() > 2);
        killed.Kill();
        await killed.WaitForExitAsync();

        var (code, _, error) = await RaceFolder.End(StartOn("alive", 1500, "run", "slow.yaml", "--set", "train.epochs=80"));
        Assert.Equal((0, error), (code, error));
        Assert.Matches($"train: waiting for process {killed.Id} on dead, since", error);
        Assert.Contains(_race.Log(), line => Regex.IsMatch(line, "^train from [1-9]"));
        await AssertCleanAsync();
    }

    [Fact]
    public async Task Who_was_stopped_for_longer_than_a_lease_takes_what_another_made_meanwhile()
    {
        var stopped = StartOn("slow", 1500, "run", "slow.yaml", "--set", "train.epochs=80");
        await RaceFolder.Until(() => stopped.HasExited || _race.CheckpointLines() > 2);
        await SignalAsync(stopped, "STOP");
        var (code, _, error) = await RaceFolder.End(StartOn("quick", 1500, "run", "slow.yaml", "--set", "train.epochs=80"));
        Assert.Equal((0, error), (code, error));

        await SignalAsync(stopped, "CONT");
        var late = await RaceFolder.End(stopped);
        Assert.Equal((0, late.Error), (late.Code, late.Error));
        Assert.Contains("train: another process took over", late.Error);
        Assert.Matches("train +cached .*made by another process meanwhile", late.Output);
        Assert.Equal(Enumerable.Range(1, 80).Select(e => $"epoch {e} of seed 0"), File.ReadAllLines(_race.File("artifacts/latest/model.txt")));
        await AssertCleanAsync();
    }

    private Process StartOn(string machine, int leaseMilliseconds, params string[] arguments)
    {
        _race.Environment["RACE_NODE"] = machine;
        _race.Environment["RACE_LEASE_MS"] = $"{leaseMilliseconds}";
        _race.Environment["DOTNET_SYSTEM_IO_DISABLEFILELOCKING"] = "1";
        return _race.Start(arguments);
    }

    private async Task AssertCleanAsync()
    {
        Assert.Equal((0, "3 of 3 artifacts are intact\n"), await _race.Quick("cache", "verify"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_race.File("artifacts/store/staging")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_race.File("artifacts/store/work")));
    }

    private static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, process.Id.ToString()]);
        await kill.WaitForExitAsync();
    }
}
