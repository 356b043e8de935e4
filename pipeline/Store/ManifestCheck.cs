namespace OnnxPipeline.Pipeline.Store;

/// <summary>Tells whether a manifest can be one of an honest store, whoever brought it.</summary>
internal static class ManifestCheck
{
    /// <summary>What is wrong, as the end of a sentence that begins with the manifest; null when nothing is.</summary>
    public static string? Fault(ArtifactManifest manifest, ArtifactKey key)
    {
        if (manifest.Identity is null || manifest.Files is not { Count: > 0 } files || files.Any(f => f?.Path is null || f.Sha256 is null)) return "is incomplete";
        if (manifest.Identity.ComputeKey() != key) return "belongs to another key";
        if (ArtifactManifest.HashOf(files) != manifest.Hash) return "was altered: the artifact hash does not fit the files";
        if (files.FirstOrDefault(f => IsOutside(f.Path)) is { } outside) return $"names a file outside the artifact: '{outside.Path}'";
        if (files.FirstOrDefault(f => f.Size < 0 || !ArtifactKey.TryParse(f.Sha256, out _)) is { } odd) return $"has no proper size and SHA-256 of '{odd.Path}'";
        return Clash(files) is { } clash ? $"names '{clash}' twice, or keeps that name for itself" : null;
    }

    private static bool IsOutside(string path) =>
        Path.IsPathRooted(path) || path.Split('/', '\\').Any(part => part is "" or "." or "..") || path.Any(char.IsControl);

    /// <summary>A name that stands for two things: two files, a file and a folder, or a file and the store's own.</summary>
    private static string? Clash(IReadOnlyList<ArtifactFile> files)
    {
        var names = new HashSet<string>([ArtifactManifest.FileName, ArtifactManifest.MeasuredFileName], StringComparer.Ordinal);
        if (files.FirstOrDefault(f => !names.Add(f.Path)) is { } twice) return twice.Path;
        return files.SelectMany(f => Folders(f.Path)).FirstOrDefault(names.Contains);
    }

    private static IEnumerable<string> Folders(string path)
    {
        for (var end = path.IndexOf('/'); end >= 0; end = path.IndexOf('/', end + 1)) yield return path[..end];
    }
}
