using System.Diagnostics;
using System.Globalization;

namespace OnnxPipeline.Pipeline.Store.Claims;

/// <summary>A process, told from every other of this machine or another one.</summary>
/// <param name="Host">The machine's name.</param>
/// <param name="Boot">Linux' ID of this run of the kernel; empty elsewhere.</param>
/// <param name="PidNamespace">Linux' ID of the numbering of processes, which each container may have of its own; empty elsewhere.</param>
/// <param name="Process">The process ID.</param>
/// <param name="Started">When it began, so that its successor under the same ID is not taken for it: on Linux ticks since the boot (proc_pid_stat(5), field 22), elsewhere .NET's ticks.</param>
internal sealed record ClaimOwner(string Host, string Boot, string PidNamespace, int Process, long Started)
{
    /// <summary>Stands for the start of a process that lives and does not tell more.</summary>
    private const long Unknown = -1;

    /// <summary>Field 22, counted from the state, which is field 3 and the first behind the name in brackets.</summary>
    private const int StartField = 22 - 3;

    public static ClaimOwner ThisProcess { get; } = new(
        Environment.MachineName,
        OperatingSystem.IsLinux() ? ReadOrEmpty(() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()) : "",
        OperatingSystem.IsLinux() ? ReadOrEmpty(() => new FileInfo("/proc/self/ns/pid").LinkTarget ?? "") : "",
        Environment.ProcessId,
        StartOf(Environment.ProcessId) ?? Unknown);

    /// <summary>Whether another owner surely is no more. Of a process of another machine or container nothing can be said.</summary>
    public bool KnowsGone(ClaimOwner other)
    {
        if ((other.Host, other.Boot, other.PidNamespace) != (Host, Boot, PidNamespace)) return false;
        var start = StartOf(other.Process);
        return start is null || (start != Unknown && other.Started != Unknown && start != other.Started);
    }

    /// <summary>When a process began; null when it has ended, even if nobody has asked for its exit code yet.</summary>
    private static long? StartOf(int process)
    {
        try
        {
            // It asks with a signal that does nothing, which finds processes of other users too.
            using var found = System.Diagnostics.Process.GetProcessById(process);
            return OperatingSystem.IsLinux() ? StartOnLinux(process) : found.StartTime.ToUniversalTime().Ticks;
        }
        catch (ArgumentException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return Unknown; // /proc may hide other users' processes.
        }
    }

    private static long? StartOnLinux(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[0] is "Z" or "X" ? null : long.Parse(fields[StartField], CultureInfo.InvariantCulture);
    }

    private static string ReadOrEmpty(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
