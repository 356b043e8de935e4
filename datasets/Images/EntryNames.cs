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

    /// <summary>The name with single '/' between its parts; null for what is passed over: the root itself, hidden files and macOS's side files.</summary>
    /// <exception cref="DatasetFormatException">It leads outside, or has control characters.</exception>
    public string? Clean(string entry)
    {
        var parts = entry.Split('/');
        if (entry.StartsWith('/') || entry.Contains('\\') || parts.Contains("..") || (entry.Length > 1 && entry[1] == ':'))
            throw new DatasetFormatException($"{source}: the name '{entry}' points outside; expected names like class/image.png. Do not trust this file.");
        if (entry.Any(char.IsControl)) throw new DatasetFormatException($"{source}: the name '{string.Concat(entry.Select(c => char.IsControl(c) ? '?' : c))}' has control characters; rename it.");
        var kept = parts.Where(p => p is not ("" or ".")).ToArray();
        return kept.Length == 0 || kept.Any(p => p.StartsWith('.') || p == "__MACOSX") ? null : string.Join('/', kept);
    }
}
