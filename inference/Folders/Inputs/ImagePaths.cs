namespace OnnxPipeline.Inference.Folders.Inputs;

/// <summary>
/// The images of a folder, lazily: in it, and all below it, those files count that have an image's extension, in ordinal order of
/// their paths. Hidden entries and links to folders are passed over.
/// </summary>
public static class ImagePaths
{
    /// <summary>The extensions that make a file in a folder an image, in any case.</summary>
    public static readonly IReadOnlyList<string> Extensions = [".png", ".jpg", ".jpeg", ".gif", ".bmp"];

    internal static bool IsImage(string name) => Extensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    internal static IEnumerable<InputImage> In(string folder)
    {
        var any = false;
        foreach (var found in Walk(folder))
        {
            any = true;
            yield return found;
        }
        if (!any) yield return new InputImage(folder, $"the folder holds no images ({string.Join(", ", Extensions)}).");
    }

    /// <summary>One folder's names are held at a time for each level.</summary>
    internal static IEnumerable<InputImage> Walk(string folder)
    {
        var (entries, error) = FolderEntries.List(folder, IsImage);
        if (error is not null) yield return new InputImage(folder, error);
        foreach (var entry in entries)
        {
            var path = Path.Combine(folder, entry.Name);
            if (!entry.IsFolder) yield return new InputImage(path);
            else foreach (var below in Walk(path)) yield return below;
        }
    }
}
