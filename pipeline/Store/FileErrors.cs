namespace OnnxPipeline.Pipeline.Store;

/// <summary>What file systems that many machines share answer when another was quicker.</summary>
internal static class FileErrors
{
    // EEXIST; ENOTEMPTY on Linux and on macOS; the HRESULTs of ERROR_FILE_EXISTS and ERROR_ALREADY_EXISTS on Windows.
    private static readonly int[] Taken = [17, 39, 66, unchecked((int)0x80070050), unchecked((int)0x800700B7)];

    // ESTALE on Linux and on macOS: what was opened is no longer there, as an NFS server says it.
    private static readonly int[] Stale = [116, 70];

    /// <summary>Whether what was to be made is there already.</summary>
    public static bool IsTaken(IOException exception) => Taken.Contains(exception.HResult);

    /// <summary>Whether what was to be read is not there, or no longer.</summary>
    public static bool IsGone(IOException exception) => exception is FileNotFoundException or DirectoryNotFoundException || Stale.Contains(exception.HResult);
}
