using OnnxPipeline.Models.Tables;
using OnnxPipeline.Runtime.Archives;

namespace OnnxPipeline.Inference.Folders.Inputs;

/// <summary>
/// The images of an archive, in its order: entries with an image's extension, hidden ones left out. Nothing is unpacked, so that names
/// that lead outside and links do no harm; they are errors, since who made them meant some.
/// </summary>
internal static class ArchiveImages
{
    public static bool IsNamedLikeOne(string path) => Archive.IsNamedLikeOne(path);

    /// <param name="path">The archive.</param>
    /// <param name="countsOnly">Gives <see cref="InputReader.Uncountable"/> for one that would have to be read.</param>
    public static IEnumerable<InputImage> In(string path, bool countsOnly = false)
    {
        var (archive, fault) = Open(path);
        if (archive is null)
        {
            yield return new InputImage(path, fault);
            yield break;
        }
        if (countsOnly && !archive.HasDirectory)
        {
            yield return InputReader.Uncountable;
            yield break;
        }
        var any = false;
        using var entries = archive.Entries().GetEnumerator();
        while (true)
        {
            var (more, damage) = Next(entries);
            if (damage is not null)
            {
                yield return new InputImage(path, damage);
                yield break;
            }
            if (!more) break;
            if (Image(path, entries.Current) is not { } image) continue;
            any = true;
            yield return image;
        }
        if (!any) yield return new InputImage(path, $"the archive holds no images ({string.Join(", ", ImagePaths.Extensions)}).");
    }

    private static InputImage? Image(string archive, ArchiveEntry entry)
    {
        if (entry.Kind == ArchiveEntryKind.Folder || !ImagePaths.IsImage(entry.Name)) return null;
        if (EntryName.Fault(entry.Name) is { } fault) return new InputImage(archive, $"{fault} It was not read.");
        if (EntryName.Clean(entry.Name) is not { } name) return null;
        var path = $"{archive}/{name}";
        return entry.Kind == ArchiveEntryKind.File ? new InputImage(path) { Entry = entry }
            : new InputImage(path, $"it is a {entry.KindName}, which leads out of the archive; it was not read.");
    }

    private static (Archive? Archive, string? Fault) Open(string path)
    {
        try
        {
            return (Archive.Open(path, CompressedFile.OpenRead, (message, inner) => new ArchiveException(message, inner)), null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, exception.Message);
        }
    }

    private static (bool More, string? Damage) Next(IEnumerator<ArchiveEntry> entries)
    {
        try
        {
            return (entries.MoveNext(), null);
        }
        catch (Exception exception) when (exception is ArchiveException or IOException or UnauthorizedAccessException)
        {
            return (false, $"{exception.Message} What lies behind that was not read.");
        }
    }
}
