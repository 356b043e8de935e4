using System.Diagnostics;

namespace OnnxPipeline.Pipeline.Tests.Fakes;

/// <summary>A folder with a small recipe, in which the command line is run as real processes with stages that take their time.</summary>
internal sealed class RaceFolder : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TempFolder _folder = new();

    public RaceFolder()
    {
        Directory.CreateDirectory(File("log"));
        System.IO.File.WriteAllText(File("slow.yaml"), "name: slow\nmodel: {name: mlp}\ntrain: {epochs: 20}\n");
    }

    /// <summary>Set for every process that is started.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public string File(string name) => _folder.File(name);

    public void Dispose() => _folder.Dispose();

    public int CheckpointLines()
    {
        var work = File("artifacts/store/work");
        if (!Directory.Exists(work)) return 0;
        try
        {
            return Directory.EnumerateFiles(work, "checkpoint.txt", SearchOption.AllDirectories).Sum(file => System.IO.File.ReadLines(file).Count());
        }
        catch (IOException)
        {
            return 0; // Replaced or removed while it was looked at.
        }
    }

    public string[] Log() => [.. Directory.EnumerateFiles(File("log"), "*.txt").Select(System.IO.File.ReadAllText).Order(StringComparer.Ordinal)];

    public static async Task Until(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < Patience, "waited too long");
            await Task.Delay(10);
        }
    }

    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "RaceHost.dll"), .. arguments])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["RACE_LOG"] = File("log");
        start.Environment["RACE_EPOCH_MS"] = "25";
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static async Task<(int Code, string Output, string Error)> End(Process process)
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

    public async Task<(int Code, string Output)> Quick(params string[] arguments)
    {
        var (code, output, _) = await End(Start(arguments));
        return (code, output);
    }
}
