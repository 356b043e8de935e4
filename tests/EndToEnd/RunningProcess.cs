using System.Diagnostics;
using System.Text;

namespace OnnxPipeline.Tests;

/// <summary>How a process ended.</summary>
internal sealed record Ended(int Code, string Output, string Error)
{
    public override string ToString() => $"exit code {Code}\n--- stdout\n{Output}\n--- stderr\n{Error}";
}

/// <summary>The command line in a process of its own, its output collected as it comes. Disposing kills what still runs.</summary>
internal sealed class RunningProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    public RunningProcess(string folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "OnnxPipeline.Pipeline.dll"), .. arguments])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) _process.StartInfo.Environment[name] = value;
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_error, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public bool HasExited => _process.HasExited;

    public string Error => Text(_error);

    /// <summary>Waits for a condition, or the end of the process.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition() && !_process.HasExited)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(2), $"waited too long; stderr so far:\n{Error}");
            await Task.Delay(5);
        }
    }

    /// <summary>SIGKILL: the process has no time for anything.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Sends INT or TERM.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public async Task<Ended> EndAsync(TimeSpan patience)
    {
        using var source = new CancellationTokenSource(patience);
        await _process.WaitForExitAsync(source.Token);
        return new Ended(_process.ExitCode, Text(_output), Text(_error));
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.Append(line).Append('\n');
    }

    private static string Text(StringBuilder text)
    {
        lock (text) return text.ToString();
    }
}
