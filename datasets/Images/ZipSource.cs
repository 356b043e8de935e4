using System.IO.Compression;

namespace OnnxPipeline.Datasets.Images;

/// <summary>A zip archive.</summary>
internal sealed class ZipSource(string path) : IImageSource
{
    /// <summary>The file type in the Unix mode that the upper half of the external attributes has, and a link's value of it.</summary>
    private const int TypeMask = 0xF000, LinkType = 0xA000;

    public string Path { get; } = path;

    public SourceListing List()
    {
        using var zip = Open();
        var names = new EntryNames(Path);
        var (unpacked, limit) = (0L, ArchiveLimits.Unpacked(Path));
        foreach (var entry in zip.Entries)
        {
            if (((entry.ExternalAttributes >> 16) & TypeMask) == LinkType) throw new DatasetFormatException($"{Path}: '{entry.FullName}' is a link; expected files and folders only. Pack the images themselves.");
            if (entry.Length < 0 || (unpacked += entry.Length) > limit) throw new DatasetFormatException($"{Path}: unpacks to more than {limit:N0} bytes; expected less. It is another file, or made to fill the memory.");
            if (entry.FullName.EndsWith('/')) names.AddFolder(entry.FullName);
            else names.AddFile(entry.FullName);
        }
        return names.Listing;
    }

    public IEnumerable<SourceItem> Read(Func<string, bool> wanted)
    {
        using var zip = Open();
        var names = new EntryNames(Path);
        foreach (var entry in zip.Entries)
        {
            if (entry.FullName.EndsWith('/') || names.Clean(entry.FullName) is not { } name || !wanted(name)) continue;
            yield return Read(entry, name);
        }
    }

    public string Fingerprint(CancellationToken cancellation) => ImageSources.OfArchive(Path);

    /// <summary>A file that unpacks to another length than it states is a fault of that file: no more is read than it states.</summary>
    private static SourceItem Read(ZipArchiveEntry entry, string name)
    {
        if (ArchiveLimits.Refusal(entry.Length) is { } refusal) return new SourceItem(name, null, refusal);
        var bytes = GC.AllocateUninitializedArray<byte>((int)entry.Length);
        try
        {
            using var stream = entry.Open();
            stream.ReadExactly(bytes);
            return stream.ReadByte() < 0 ? new SourceItem(name, bytes, null) : new SourceItem(name, null, $"the archive says it has {entry.Length:N0} bytes, but it has more.");
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            return new SourceItem(name, null, $"the archive is damaged there: {exception.Message}");
        }
    }

    private ZipArchive Open()
    {
        ZipArchive? zip = null;
        try
        {
            zip = ZipFile.OpenRead(Path);
            // Read only now, when it is asked for.
            _ = zip.Entries;
            return zip;
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or ArgumentException)
        {
            zip?.Dispose();
            throw new DatasetFormatException($"{Path}: a corrupt zip archive: {exception.Message} Get the file again.", exception);
        }
    }
}
