using System.Diagnostics;

namespace OnnxPipeline.Pipeline.Tests.Commands;

/// <summary>"predict" as a real process that is killed, or told to stop.</summary>
public sealed class PredictProcessTests : IDisposable
{
    private const int Images = 4000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly TempFolder _folder = new();

    public PredictProcessTests()
    {
        File.WriteAllBytes(_folder.File("model.onnx"), TestModels.Brightness());
        Directory.CreateDirectory(_folder.File("in"));
        for (var i = 0; i < 50; i++) File.WriteAllBytes(_folder.File($"in/{i}.png"), i % 11 == 10 ? [1, 2] : TestModels.UniformPng((byte)(5 * i)));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--csv")]
    [InlineData("--json")]
    public async Task Killed_in_the_middle_and_resumed_it_writes_the_bytes_of_a_run_that_was_not(string format)
    {
        var paths = Enumerable.Range(0, Images).Select(i => $"in/{i * 7 % 51}.png").ToArray();
        File.WriteAllLines(_folder.File("list.txt"), paths);
        var whole = await End(Start("--list", "list.txt", format, "--out", "whole"));
        Assert.Equal(Cli.Failed, whole.Code);

        // What it is given on stdin ends in the middle, and stays open, so that it is killed there.
        foreach (var given in new[] { Images / 3, 2 * Images / 3 })
        {
            using var process = Start("-", format, "--out", "rows", "--resume");
            var bytes = Length("rows");
            foreach (var path in paths.Take(given)) await process.StandardInput.WriteLineAsync(path);
            await process.StandardInput.FlushAsync();
            await Until(() => process.HasExited || Length("rows") > bytes + 10_000);
            Assert.False(process.HasExited);
            process.Kill();
            await process.WaitForExitAsync();
            // As if the last row had been written in part.
            using var file = File.OpenWrite(_folder.File("rows"));
            file.SetLength(file.Length - 3);
        }

        var resumed = await End(Start("--list", "list.txt", format, "--out", "rows", "--resume"));
        Assert.Equal(Cli.Failed, resumed.Code);
        Assert.Matches(@"; \d+ were there from before", resumed.Error);
        Assert.Equal(File.ReadAllBytes(_folder.File("whole")), File.ReadAllBytes(_folder.File("rows")));
        Assert.Equal(Counts(whole.Error), Counts(resumed.Error));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_watch_ends_with_0_when_it_is_told_to(string signal)
    {
        Directory.CreateDirectory(_folder.File("drop"));
        using var process = Start("drop", "--watch", "--csv", "--out", "rows", "--move-to", "sorted/{label}");
        File.Copy(_folder.File("in/0.png"), _folder.File("drop/a.png"));
        await Until(() => process.HasExited || File.Exists(_folder.File("sorted/dark/a.png")));
        await Until(() => process.HasExited || File.ReadAllText(_folder.File("rows")).Contains("a.png,dark"));
        using (var kill = Process.Start("kill", ["-s", signal, $"{process.Id}"])) await kill.WaitForExitAsync();
        var (code, error) = await End(process);
        Assert.Equal(Cli.Done, code);
        Assert.Contains("1 images classified", error);
    }

    private long Length(string name) => File.Exists(_folder.File(name)) ? new FileInfo(_folder.File(name)).Length : 0;

    /// <summary>The lines of the table of classes.</summary>
    private static string[] Counts(string error) => [.. error.Split('\n').Where(line => line.Contains("dark") || line.Contains("bright") || line.Contains("middle")).Select(line => line.Trim())];

    private Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "OnnxPipeline.Pipeline.dll"), "predict", "model.onnx", .. arguments])
    {
        WorkingDirectory = _folder.Path,
        RedirectStandardInput = true,
        RedirectStandardError = true,
    })!;

    private static async Task<(int Code, string Error)> End(Process process)
    {
        using var patience = new CancellationTokenSource(Patience);
        var error = await process.StandardError.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, error);
    }

    private static async Task Until(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < Patience, "waited too long");
            await Task.Delay(20);
        }
    }
}
