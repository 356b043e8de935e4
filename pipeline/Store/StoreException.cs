namespace OnnxPipeline.Pipeline.Store;

/// <summary>The artifact store cannot do its work: the disk is full, the folder read-only, or an output is not storable.</summary>
internal sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner)
{
    // Raw errno values on Linux and macOS, and the HRESULT of ERROR_DISK_FULL on Windows.
    private const int NoSpace = 28;
    private const int QuotaLinux = 122;
    private const int QuotaMac = 69;
    private const int ReadOnlyFileSystem = 30;
    private const int DiskFullWindows = unchecked((int)0x80070070);

    /// <summary>The same failure with the store's path, the free space and what to do; null when it is none of a full or unwritable disk.</summary>
    public static StoreException? Explain(Exception exception, string path) => exception switch
    {
        StoreException already => already,
        UnauthorizedAccessException => new StoreException($"Cannot write below '{path}': {exception.Message} Give this user the right to write there, or choose another place with --artifacts DIR.", exception),
        IOException { HResult: ReadOnlyFileSystem } => new StoreException($"Cannot write below '{path}': the file system is read-only. Choose another place with --artifacts DIR.", exception),
        _ when IsFull(exception) => new StoreException($"The disk is full below '{path}': {FreeBytes(path)} bytes are free. Free some space (pipeline cache gc), or choose another place with --artifacts DIR. What was finished is kept. ({exception.Message})", exception),
        _ => null,
    };

    /// <summary>Whether a failure means that the disk, or the user's share of it, is full.</summary>
    public static bool IsFull(Exception exception) => exception is IOException { HResult: NoSpace or QuotaLinux or QuotaMac or DiskFullWindows };

    private static string FreeBytes(string path)
    {
        while (!Directory.Exists(path) && Path.GetDirectoryName(path) is { } parent) path = parent;
        return new DriveInfo(path).AvailableFreeSpace.ToString();
    }
}
