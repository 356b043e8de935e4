using System.Diagnostics;

namespace OnnxPipeline.Pipeline.Tests.Fakes;

/// <summary>A small file system in memory, for tests of a full or read-only disk.</summary>
internal sealed class Tmpfs : IDisposable
{
    private readonly TempFolder _folder = new();

    public Tmpfs(int kilobytes)
    {
        if (Execute("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", _folder.Path) != 0) throw new InvalidOperationException("mount failed");
    }

    public string Path => _folder.Path;

    public void MakeReadOnly() => Assert.Equal(0, Execute("mount", "-o", "remount,ro", _folder.Path));

    public void Resize(int kilobytes) => Assert.Equal(0, Execute("mount", "-o", $"remount,size={kilobytes}k", _folder.Path));

    public void Dispose()
    {
        Execute("umount", _folder.Path);
        _folder.Dispose();
    }

    private static int Execute(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Why a tmpfs cannot be had here; null if it can.</summary>
    public static string? Unavailable { get; } = Probe();

    private static string? Probe()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root") return "needs Linux and root to mount a tmpfs";
        try
        {
            using var probe = new Tmpfs(64);
            return null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return "this machine does not let root mount a tmpfs";
        }
    }
}

/// <summary>A test that needs a tmpfs, and is skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TmpfsFactAttribute : FactAttribute
{
    public TmpfsFactAttribute() => Skip = Tmpfs.Unavailable;
}
