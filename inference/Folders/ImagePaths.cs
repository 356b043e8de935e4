namespace OnnxPipeline.Inference.Folders;

/// <summary>One path to classify, or a path that led to none and why.</summary>
public readonly record struct ImagePath(string Path, string? Error);

/// <summary>
/// Turns files and folders into image paths, lazily. A file counts whatever its name; in a folder, and all below it, those with
/// an image's extension count, in ordinal order of their paths. Hidden entries and links to folders are passed over.
/// </summary>
public static class ImagePaths
{
    /// <summary>The extensions that make a file in a folder an image, in any case.</summary>
    public static readonly IReadOnlyList<string> Extensions = [".png", ".jpg", ".jpeg", ".gif", ".bmp"];

    private static readonly EnumerationOptions Visible = new() { AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };

    public static IEnumerable<ImagePath> Enumerate(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            if (!Directory.Exists(path))
            {
                yield return new ImagePath(path, File.Exists(path) ? null : "there is no such file or folder.");
                continue;
            }
            var any = false;
            foreach (var found in Walk(path))
            {
                any = true;
                yield return found;
            }
            if (!any) yield return new ImagePath(path, $"the folder holds no images ({string.Join(", ", Extensions)}).");
        }
    }

    /// <summary>One folder's names are held at a time for each level; that a folder sorts as "name/" gives the order of whole paths.</summary>
    private static IEnumerable<ImagePath> Walk(string folder)
    {
        List<(string Key, bool IsFolder)> entries;
        string? error = null;
        try
        {
            entries = [.. new DirectoryInfo(folder).EnumerateFileSystemInfos("*", Visible)
                .Select(entry => (Entry: entry, IsFolder: entry is DirectoryInfo))
                .Where(e => e.IsFolder ? e.Entry.LinkTarget is null : Extensions.Contains(e.Entry.Extension, StringComparer.OrdinalIgnoreCase))
                .Select(e => (e.IsFolder ? e.Entry.Name + '/' : e.Entry.Name, e.IsFolder))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            entries = [];
            error = exception.Message;
        }
        if (error is not null) yield return new ImagePath(folder, error);

        entries.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        foreach (var (key, isFolder) in entries)
        {
            var path = Path.Combine(folder, key);
            if (!isFolder) yield return new ImagePath(path, null);
            else foreach (var below in Walk(path[..^1])) yield return below;
        }
    }
}
