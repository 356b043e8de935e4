using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace OnnxPipeline.Pipeline.Store;

/// <summary>Writing in one step and, where asked for, through a crash of the machine: what was flushed is on the disk, under its name.</summary>
internal static partial class Durable
{
    /// <summary>Replaces a file in one step: readers see the old bytes or the new, never a part.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">Its new content.</param>
    /// <param name="flush">Waits until it is on the disk. Records that can be done without are not worth a wait on a busy disk.</param>
    public static void WriteAllText(string path, string text, bool flush)
    {
        var temporary = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():n}.tmp";
        try
        {
            using (var handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                RandomAccess.Write(handle, Encoding.UTF8.GetBytes(text), 0);
                if (flush) RandomAccess.FlushToDisk(handle);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        if (flush) FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>The text of a file that others may replace or remove at any moment; null if it is not there.</summary>
    public static string? TryReadAllText(string path)
    {
        for (var look = 1; ; look++)
        {
            try
            {
                return File.ReadAllText(path);
            }
            catch (IOException exception) when (FileErrors.IsGone(exception))
            {
                // Over NFS a file can be gone between its opening and its reading, although another has its name already.
                if (look == 2 || exception is FileNotFoundException or DirectoryNotFoundException) return null;
            }
        }
    }

    /// <summary>
    /// Deletes a folder that is out of use, as far as it goes. NFS keeps a deleted file that a process of the same machine still reads, under
    /// another name in the same folder, which then cannot go either; whoever cleans up later deletes the rest.
    /// </summary>
    public static void Discard(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
        }
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
