using System.Diagnostics;
using System.Text.RegularExpressions;

namespace OnnxPipeline.Pipeline.Tests.Commands;

/// <summary>The command line as real processes on one store.</summary>
public sealed class ProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TempFolder _folder = new();

    public ProcessTests()
    {
        Directory.CreateDirectory(_folder.File("log"));
        File.WriteAllText(_folder.File("slow.yaml"), "name: slow\nmodel: {name: mlp}\ntrain: {epochs: 20}\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Processes_that_race_do_the_work_once_and_end_with_the_same_artifacts()
    {
        var processes = Enumerable.Range(0, 3).Select(_ => Start("run", "slow.yaml")).ToArray();
        var results = await Task.WhenAll(processes.Select(End));
        Assert.All(results, r => Assert.Equal((0, r.Error), (r.Code, r.Error)));
        Assert.Equal(["data", "evaluate", "train from 0"], Log());
        Assert.Single(results.Select(r => string.Join(' ', Regex.Matches(r.Output, "[0-9a-f]{12} ").Select(m => m.Value))).Distinct());
        Assert.Equal((0, "3 of 3 artifacts are intact\n"), await Quick("cache", "verify"));
        Assert.Equal("0.95", Regex.Match(File.ReadAllText(_folder.File("artifacts/latest/metrics.json")), "0.95").Value);
    }

    [Fact]
    public async Task The_lock_dies_with_its_process_and_who_waited_goes_on_from_its_checkpoint()
    {
        string[] line = ["run", "slow.yaml", "--set", "train.epochs=400"];
        using var first = Start(line);
        await Until(() => first.HasExited || CheckpointLines() > 2);
        using var second = Start(line);
        using var patience = new CancellationTokenSource(Patience);
        while (await second.StandardError.ReadLineAsync(patience.Token) is { } told && !Regex.IsMatch(told, $"train: waiting for process {first.Id} on .*, since")) Assert.DoesNotContain("running", told);
        first.Kill();
        await Until(() => second.HasExited || Log().Length == 3);
        Assert.False(second.HasExited);
        Assert.Matches("^train from [1-9]", Log()[2]);
        second.Kill();
    }

    [Fact]
    public async Task A_run_killed_again_and_again_ends_with_the_bytes_of_one_that_was_not()
    {
        string[] line = ["run", "slow.yaml", "--set", "train.epochs=100"];
        var random = new Random(3);
        for (var kill = 0; kill < 3; kill++)
        {
            using var process = Start(line);
            var epochs = Log().Length == 0 ? 0 : CheckpointLines();
            await Until(() => process.HasExited || CheckpointLines() > epochs + random.Next(1, 4));
            process.Kill();
            await process.WaitForExitAsync();
        }
        Assert.Equal(0, (await End(Start(line))).Code);
        Assert.Contains(Log(), l => l.StartsWith("train from ") && l != "train from 0");
        Assert.Equal(Enumerable.Range(1, 100).Select(e => $"epoch {e} of seed 0"), File.ReadAllLines(_folder.File("artifacts/latest/model.txt")));
        Assert.Equal((0, "3 of 3 artifacts are intact\n"), await Quick("cache", "verify"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.File("artifacts/store/staging")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.File("artifacts/store/work")));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_ends_the_run_with_130_and_the_next_goes_on(string signal)
    {
        using var process = Start("run", "slow.yaml", "--set", "train.epochs=200");
        await Until(() => process.HasExited || CheckpointLines() > 2);
        using (var kill = Process.Start("kill", ["-s", signal, process.Id.ToString()])) await kill.WaitForExitAsync();
        var (code, output, error) = await End(process);
        Assert.Equal((130, ""), (code, output));
        Assert.Contains("stopping; once more to stop at once", error);
        Assert.Contains("interrupted; run the same command again", error);
        Assert.Matches("slow +interrupted", (await Quick("runs")).Output);

        var seen = CheckpointLines();
        using var next = Start("run", "slow.yaml", "--set", "train.epochs=200");
        await Until(() => next.HasExited || Log().Contains($"train from {seen}"));
        Assert.False(next.HasExited);
        next.Kill();
    }

    [Fact]
    public async Task A_sweep_that_is_killed_and_one_that_is_interrupted_go_on_where_they_were()
    {
        string[] line = ["sweep", "slow.yaml", "--set", "train.batchSize=1,2,3,4", "--set", "train.epochs=100", "--parallel", "2", "--metric", "test.accuracy"];
        using (var killed = Start(line))
        {
            await Until(() => killed.HasExited || CheckpointLines() > 4);
            killed.Kill();
            await killed.WaitForExitAsync();
        }
        using var interrupted = Start(line);
        await Until(() => interrupted.HasExited || Log().Count(l => l.StartsWith("train from")) > 4);
        using (var kill = Process.Start("kill", ["-s", "INT", interrupted.Id.ToString()])) await kill.WaitForExitAsync();
        Assert.Equal(130, (await End(interrupted)).Code);

        var (code, output, error) = await End(Start(line));
        Assert.Equal((0, ""), (code, code == 0 ? "" : error));
        Assert.Matches(@"\n1 +0.9901 +1 +done.*\n2 +0.9901 .*\n3 +0.9901 .*\n4 +0.9901 ", output);
        Assert.Contains(Log(), l => Regex.IsMatch(l, "^train from [1-9]"));
        Assert.Equal((0, "6 of 6 artifacts are intact\n"), await Quick("cache", "verify"));
        Assert.Single(Directory.GetDirectories(_folder.File("artifacts/sweeps")));
        Assert.False(Directory.Exists(_folder.File("artifacts/latest")));
    }

    private int CheckpointLines()
    {
        var work = _folder.File("artifacts/store/work");
        if (!Directory.Exists(work)) return 0;
        try
        {
            return Directory.EnumerateFiles(work, "checkpoint.txt", SearchOption.AllDirectories).Sum(file => File.ReadLines(file).Count());
        }
        catch (IOException)
        {
            return 0; // Replaced or removed while it was looked at.
        }
    }

    private string[] Log() => [.. Directory.EnumerateFiles(_folder.File("log")).Select(File.ReadAllText).Order(StringComparer.Ordinal)];

    private static async Task Until(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < Patience, "waited too long");
            await Task.Delay(10);
        }
    }

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "RaceHost.dll"), .. arguments])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["RACE_LOG"] = _folder.File("log");
        start.Environment["RACE_EPOCH_MS"] = "25";
        return Process.Start(start)!;
    }

    private static async Task<(int Code, string Output, string Error)> End(Process process)
    {
        using (process)
        {
            using var patience = new CancellationTokenSource(Patience);
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var error = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output, await error);
        }
    }

    private async Task<(int Code, string Output)> Quick(params string[] arguments)
    {
        var (code, output, _) = await End(Start(arguments));
        return (code, output);
    }
}
