using System.IO.Compression;

namespace OnnxPipeline.Runtime.Archives;

/// <summary>A zip archive.</summary>
internal sealed class ZipFiles(string path, Func<string, Exception?, Exception> fault) : Archive
{
    /// <summary>The file type in the Unix mode that the upper half of the external attributes has, and a link's value of it.</summary>
    private const int TypeMask = 0xF000, LinkType = 0xA000;

    public override string PackingHint => "Pack the images themselves.";

    public override bool HasDirectory => true;

    public override IEnumerable<ArchiveEntry> Entries()
    {
        using var zip = Open();
        var (unpacked, limit) = (0L, ArchiveLimits.Unpacked(path));
        foreach (var entry in zip.Entries)
        {
            if (entry.Length < 0 || (unpacked += entry.Length) > limit) throw fault($"{path}: unpacks to more than {limit:N0} bytes; expected less. It is another file, or made to fill the memory.", null);
        }
        foreach (var entry in zip.Entries)
        {
            var kind = ((entry.ExternalAttributes >> 16) & TypeMask) == LinkType ? ArchiveEntryKind.Other
                : entry.FullName.EndsWith('/') ? ArchiveEntryKind.Folder
                : ArchiveEntryKind.File;
            yield return new ArchiveEntry(entry.FullName, kind, kind == ArchiveEntryKind.Other ? "link" : $"{kind}", entry.Length, () => Read(entry));
        }
    }

    /// <summary>A file that unpacks to another length than it states is a fault of that file: no more is read than it states.</summary>
    private static ArchiveContent Read(ZipArchiveEntry entry)
    {
        var bytes = GC.AllocateUninitializedArray<byte>((int)entry.Length);
        try
        {
            using var stream = entry.Open();
            stream.ReadExactly(bytes);
            return stream.ReadByte() < 0 ? new ArchiveContent(bytes, null) : new ArchiveContent(null, $"the archive says it has {entry.Length:N0} bytes, but it has more.");
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            return new ArchiveContent(null, $"the archive is damaged there: {exception.Message}");
        }
    }

    private ZipArchive Open()
    {
        ZipArchive? zip = null;
        try
        {
            zip = ZipFile.OpenRead(path);
            // Read only now, when it is asked for.
            _ = zip.Entries;
            return zip;
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or ArgumentException)
        {
            zip?.Dispose();
            throw fault($"{path}: a corrupt zip archive: {exception.Message} Get the file again.", exception);
        }
    }
}
