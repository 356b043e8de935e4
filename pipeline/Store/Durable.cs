using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace OnnxPipeline.Pipeline.Store;

/// <summary>Writing that survives a crash of the machine: what was flushed here is on the disk, under its name.</summary>
internal static partial class Durable
{
    /// <summary>Replaces a file in one step: readers see the old bytes or the new, never a part.</summary>
    public static void WriteAllText(string path, string text)
    {
        var temporary = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():n}.tmp";
        try
        {
            using (var handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                RandomAccess.Write(handle, Encoding.UTF8.GetBytes(text), 0);
                RandomAccess.FlushToDisk(handle);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Flushes a folder, so that names made or changed in it are on the disk. On Windows the file system's journal does it.</summary>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        // .NET opens no folders, so the handle comes from libc; 0 is O_RDONLY everywhere.
        using var handle = Open(path, 0);
        if (handle.IsInvalid) throw new IOException($"Cannot open the folder '{path}' to flush it.", Marshal.GetLastPInvokeError());
        RandomAccess.FlushToDisk(handle);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
