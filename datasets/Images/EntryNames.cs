using OnnxPipeline.Runtime.Archives;

namespace OnnxPipeline.Datasets.Images;

/// <summary>Checks the names in a folder or an archive, and gathers them.</summary>
/// <param name="source">The archive, as errors name it.</param>
internal sealed class EntryNames(string source)
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<string> _files = [];
    private readonly List<string> _folders = [];

    public SourceListing Listing => new(_files, _folders);

    public void AddFile(string entry)
    {
        if (Clean(entry) is not { } name) return;
        if (!_seen.Add(name)) throw new DatasetFormatException($"{source}: '{name}' is there twice; expected every file once.");
        _files.Add(name);
    }

    public void AddFolder(string entry)
    {
        if (Clean(entry) is { } name) _folders.Add(name);
    }

    /// <summary>As <see cref="EntryName.Clean"/>.</summary>
    /// <exception cref="DatasetFormatException">It leads outside, or has control characters.</exception>
    public string? Clean(string entry) =>
        EntryName.Fault(entry) is { } fault ? throw new DatasetFormatException($"{source}: {fault}") : EntryName.Clean(entry);
}
