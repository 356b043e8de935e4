using System.Globalization;

namespace OnnxPipeline.Pipeline.Store;

/// <summary>
/// A right that one process at a time holds, such as making the artifact of one key. It is the operating system's file
/// lock, so it dies with its process, however that ends. Lock files are left in place: deleting one that another process
/// has just opened would give both the lock.
/// </summary>
internal sealed class FileLock : IDisposable
{
    // EWOULDBLOCK on Linux and on macOS; the HRESULTs of ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION on Windows.
    private static readonly int[] Busy = [11, 35, unchecked((int)0x80070020), unchecked((int)0x80070021)];
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Takes the lock if it is free; null if another holds it.</summary>
    public static FileLock? TryTake(string path, TimeProvider time)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException exception) when (Busy.Contains(exception.HResult))
        {
            return null;
        }
        try
        {
            // A file of its own, because the locked one cannot be read by others. It only informs; a stale one does no harm.
            File.WriteAllText(OwnerFile(path), string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName}, since {time.GetUtcNow():yyyy-MM-dd HH:mm:ss}Z"));
        }
        catch
        {
            file.Dispose();
            throw;
        }
        return new FileLock(file);
    }

    /// <summary>Takes the lock, waiting until it is free.</summary>
    /// <param name="path">The lock file; made if absent.</param>
    /// <param name="time">Tells when the lock was taken.</param>
    /// <param name="waiting">Told once, if there is a wait, who holds the lock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static FileLock Take(string path, TimeProvider time, Action<string> waiting, CancellationToken cancellation)
    {
        for (var told = false; ; cancellation.WaitHandle.WaitOne(Poll))
        {
            cancellation.ThrowIfCancellationRequested();
            if (TryTake(path, time) is { } taken) return taken;
            if (!told) waiting(Owner(path));
            told = true;
        }
    }

    public void Dispose() => _file.Dispose();

    private static string Owner(string path)
    {
        if (!File.Exists(OwnerFile(path))) return "another process";
        using var reader = new StreamReader(new FileStream(OwnerFile(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd() is { Length: > 0 } owner ? owner : "another process";
    }

    private static string OwnerFile(string path) => Path.ChangeExtension(path, ".owner");
}
