using System.Formats.Tar;
using OnnxPipeline.Datasets.Formats;
using OnnxPipeline.Datasets.Sources;
using OnnxPipeline.Models.Tables;

namespace OnnxPipeline.Datasets.Images;

/// <summary>A tar, gzipped or not, read from its beginning each time.</summary>
internal sealed class TarSource(string path) : IImageSource
{
    public string Path { get; } = path;

    public SourceListing List()
    {
        var names = new EntryNames(Path);
        foreach (var entry in Entries())
        {
            if (entry.EntryType == TarEntryType.Directory) names.AddFolder(entry.Name);
            else names.AddFile(entry.Name);
        }
        return names.Listing;
    }

    public IEnumerable<SourceItem> Read(Func<string, bool> wanted)
    {
        var names = new EntryNames(Path);
        foreach (var entry in Entries())
        {
            if (entry.EntryType == TarEntryType.Directory || names.Clean(entry.Name) is not { } name || !wanted(name)) continue;
            yield return Read(entry, name);
        }
    }

    public string Fingerprint(CancellationToken cancellation) => ImageSources.OfArchive(Path);

    private SourceItem Read(TarEntry entry, string name)
    {
        if (ArchiveLimits.Refusal(entry.Length) is { } refusal) return new SourceItem(name, null, refusal);
        var bytes = GC.AllocateUninitializedArray<byte>((int)entry.Length);
        try
        {
            entry.DataStream!.ReadExactly(bytes);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or OverflowException)
        {
            throw Corrupt(exception);
        }
        return new SourceItem(name, bytes, null);
    }

    /// <summary>Files and folders; anything else an archive can hold is refused, but for headers that describe the others.</summary>
    private IEnumerable<TarEntry> Entries()
    {
        using var stream = new BoundedStream(CompressedFile.OpenRead(Path), ArchiveLimits.Unpacked(Path), Path);
        using var tar = new TarReader(stream, leaveOpen: true);
        while (Next(tar) is { } entry)
        {
            switch (entry.EntryType)
            {
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile or TarEntryType.Directory:
                    yield return entry;
                    break;
                case TarEntryType.GlobalExtendedAttributes:
                    break;
                default:
                    throw new DatasetFormatException($"{Path}: '{entry.Name}' is a {entry.EntryType}; expected files and folders only. Pack the images themselves (tar --dereference).");
            }
        }
        Drain(stream);
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

    private DatasetFormatException Corrupt(Exception exception) => new($"{Path}: not a tar or .zip, or a corrupt one: {exception.Message} Get the file again.", exception);
}
