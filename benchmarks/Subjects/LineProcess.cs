using System.ComponentModel;
using System.Diagnostics;

namespace OnnxPipeline.Benchmarks.Subjects;

/// <summary>A peer could not be started, or ended early.</summary>
internal sealed class PeerException(string message) : Exception(message);

/// <summary>A program that is spoken to line by line: it says when it is ready, answers, and leaves when its input ends.</summary>
internal sealed class LineProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private LineProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    /// <summary>Starts a program and reads its lines until one begins with a word.</summary>
    /// <param name="program">The program and its arguments.</param>
    /// <param name="word">What the awaited line begins with.</param>
    /// <param name="howToInstall">What to do when it cannot be started, for the message.</param>
    /// <param name="environment">Changes the program's environment.</param>
    /// <returns>The process, and the lines up to the awaited one, without that word.</returns>
    /// <exception cref="PeerException">It is not there, or ended before.</exception>
    public static (LineProcess Process, IReadOnlyList<string> Lines) Start(IReadOnlyList<string> program, string word, string howToInstall = "", Action<IDictionary<string, string?>>? environment = null)
    {
        var start = new ProcessStartInfo(program[0], program.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        environment?.Invoke(start.Environment);
        LineProcess process;
        try
        {
            process = new LineProcess(Process.Start(start)!);
        }
        catch (Win32Exception exception)
        {
            throw new PeerException($"{program[0]} cannot be started: {exception.Message}. {howToInstall}");
        }

        var lines = new List<string>();
        while (process._process.StandardOutput.ReadLine() is { } line)
        {
            lines.Add(line);
            if (!line.StartsWith(word, StringComparison.Ordinal)) continue;
            lines[^1] = line[word.Length..].Trim();
            return (process, lines);
        }
        process._process.WaitForExit();
        var reason = process._errors.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault("it ended before it was ready");
        process.Dispose();
        throw new PeerException($"{string.Join(' ', program.Select(Path.GetFileName))}: {reason}. {howToInstall}");
    }

    /// <summary>Writes a line and gives the one that answers it.</summary>
    /// <exception cref="PeerException">The process has ended.</exception>
    public string Ask(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine() ?? throw new PeerException($"{_process.StartInfo.FileName} ended in the middle of a round: {_errors.Result.Trim()}");
    }

    public void WaitForExit() => _process.WaitForExit();

    /// <summary>Sends SIGTERM, for programs that do not read their input, and waits for the end.</summary>
    /// <returns>The exit code; null where it did not end in time and was killed.</returns>
    public int? Terminate(TimeSpan patience)
    {
        if (_process.HasExited) return _process.ExitCode;
        using (var kill = Process.Start("kill", ["-s", "TERM", $"{_process.Id}"])) kill.WaitForExit();
        return _process.WaitForExit(patience) ? _process.ExitCode : null;
    }

    public void Dispose()
    {
        // Its input's end is the program's word to leave.
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10))) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
