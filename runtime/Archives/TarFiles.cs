using System.Formats.Tar;

namespace OnnxPipeline.Runtime.Archives;

/// <summary>A tar, gzipped or not, read from its beginning each time.</summary>
internal sealed class TarFiles(string path, Func<string, Stream> open, Func<string, Exception?, Exception> fault) : Archive
{
    public override string PackingHint => "Pack the images themselves (tar --dereference).";

    public override bool HasDirectory => false;

    /// <summary>All entries but headers that describe the others.</summary>
    public override IEnumerable<ArchiveEntry> Entries()
    {
        using var stream = new BoundedStream(open(path), ArchiveLimits.Unpacked(path), path, fault);
        using var tar = new TarReader(stream, leaveOpen: true);
        while (Next(tar) is { } entry)
        {
            if (entry.EntryType == TarEntryType.GlobalExtendedAttributes) continue;
            var kind = entry.EntryType switch
            {
                TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile => ArchiveEntryKind.File,
                TarEntryType.Directory => ArchiveEntryKind.Folder,
                _ => ArchiveEntryKind.Other,
            };
            yield return new ArchiveEntry(entry.Name, kind, $"{entry.EntryType}", entry.Length, () => Read(entry));
        }
        Drain(stream);
    }

    private ArchiveContent Read(TarEntry entry)
    {
        var bytes = GC.AllocateUninitializedArray<byte>((int)entry.Length);
        try
        {
            entry.DataStream!.ReadExactly(bytes);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or OverflowException)
        {
            throw Corrupt(exception);
        }
        return new ArchiveContent(bytes, null);
    }

    private TarEntry? Next(TarReader tar)
    {
        try
        {
            return tar.GetNextEntry();
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or OverflowException)
        {
            throw Corrupt(exception);
        }
    }

    /// <summary>To the end, where gzip has its checksum.</summary>
    private void Drain(Stream stream)
    {
        try
        {
            stream.CopyTo(Stream.Null);
        }
        catch (InvalidDataException exception)
        {
            throw Corrupt(exception);
        }
    }

    private Exception Corrupt(Exception exception) => fault($"{path}: not a tar or .zip, or a corrupt one: {exception.Message} Get the file again.", exception);
}
