namespace OnnxPipeline.Inference.Folders.Inputs;

/// <summary>What lies in one folder, in an order in which whole paths come in ordinal order: a folder sorts as "name/".</summary>
internal static class FolderEntries
{
    private static readonly EnumerationOptions Visible = new() { AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };

    /// <summary>The visible files and folders; links to folders are passed over, since they can lead in circles.</summary>
    /// <param name="folder">Its path; empty for the current one.</param>
    /// <param name="wanted">Tells by the name which files count.</param>
    public static (IReadOnlyList<FolderEntry> Entries, string? Error) List(string folder, Func<string, bool> wanted)
    {
        try
        {
            List<FolderEntry> entries = [.. new DirectoryInfo(folder.Length == 0 ? "." : folder).EnumerateFileSystemInfos("*", Visible)
                .Select(entry => (Entry: entry, IsFolder: entry is DirectoryInfo))
                .Where(e => e.IsFolder ? e.Entry.LinkTarget is null : wanted(e.Entry.Name))
                .Select(e => new FolderEntry(e.IsFolder ? e.Entry.Name + '/' : e.Entry.Name, e.IsFolder))];
            entries.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
            return (entries, null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ([], exception.Message);
        }
    }
}

/// <param name="Key">The name, with '/' behind a folder's.</param>
/// <param name="IsFolder">Whether it is one.</param>
internal readonly record struct FolderEntry(string Key, bool IsFolder)
{
    public string Name => IsFolder ? Key[..^1] : Key;
}
