using System.Diagnostics;
using System.Globalization;

namespace OnnxPipeline.Benchmarks.Subjects;

/// <summary>A peer could not be started, or ended early.</summary>
internal sealed class PeerException(string message) : Exception(message);

/// <summary>A PyTorch peer in a process of its own, spoken to by the line protocol of peers/peer.py, so that its rounds can alternate with ours.</summary>
internal sealed class PeerProcess : IBenchmarkSubject
{
    private const string HowToInstall = "To compare with PyTorch: apt-get install python3-torch libopenblas0 (or set PEER_PYTHON to a Python that has it).";

    private readonly Process _process;
    private readonly Task<string> _errors;

    private PeerProcess(Process process, Task<string> errors, string name) => (_process, _errors, Name) = (process, errors, name);

    public string Name { get; }

    /// <summary>Starts a script of peers/ and waits until it is warm.</summary>
    /// <exception cref="PeerException">There is no Python, or it has no PyTorch; the message says how to get it.</exception>
    public static PeerProcess Start(string script, int threads)
    {
        var python = Environment.GetEnvironmentVariable("PEER_PYTHON") ?? (File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3");
        var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "peers", script), threads.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new PeerException($"{python} cannot be started: {exception.Message}. {HowToInstall}");
        }

        var errors = process.StandardError.ReadToEndAsync();
        if (process.StandardOutput.ReadLine() is { } line && line.StartsWith("ready ", StringComparison.Ordinal))
            return new PeerProcess(process, errors, line["ready ".Length..]);

        process.WaitForExit();
        var reason = errors.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault("it ended before it was ready");
        process.Dispose();
        throw new PeerException($"{script}: {reason}. {HowToInstall}");
    }

    public double Run(int steps)
    {
        _process.StandardInput.WriteLine($"run {steps}");
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine() is { } line
            ? double.Parse(line, CultureInfo.InvariantCulture)
            : throw new PeerException($"{Name} ended in the middle of a round: {_errors.Result.Trim()}");
    }

    public void Dispose()
    {
        // Its input's end is the peer's word to leave.
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10))) _process.Kill();
        _process.Dispose();
    }
}
