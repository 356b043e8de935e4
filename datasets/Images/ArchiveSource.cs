using OnnxPipeline.Datasets.Sources;
using OnnxPipeline.Runtime.Archives;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Datasets.Images;

/// <summary>A zip or a tar.</summary>
internal sealed class ArchiveSource(string path, Archive archive) : IImageSource
{
    public string Path { get; } = path;

    public SourceListing List()
    {
        var names = new EntryNames(Path);
        foreach (var entry in Entries())
        {
            if (entry.Kind == ArchiveEntryKind.Folder) names.AddFolder(entry.Name);
            else names.AddFile(entry.Name);
        }
        return names.Listing;
    }

    public IEnumerable<SourceItem> Read(Func<string, bool> wanted)
    {
        var names = new EntryNames(Path);
        foreach (var entry in Entries())
        {
            if (entry.Kind == ArchiveEntryKind.Folder || names.Clean(entry.Name) is not { } name || !wanted(name)) continue;
            var (bytes, fault) = entry.Read(ImageLimits.Default);
            yield return new SourceItem(name, bytes, fault);
        }
    }

    /// <summary>The file's own, under which it can be looked up.</summary>
    public string Fingerprint(CancellationToken cancellation) => ContentCheck.FileSha256(Path);

    /// <summary>Files and folders; anything else an archive can hold is refused.</summary>
    private IEnumerable<ArchiveEntry> Entries()
    {
        foreach (var entry in archive.Entries())
        {
            if (entry.Kind == ArchiveEntryKind.Other) throw new DatasetFormatException($"{Path}: '{entry.Name}' is a {entry.KindName}; expected files and folders only. {archive.PackingHint}");
            yield return entry;
        }
    }
}
