namespace OnnxPipeline.Datasets.Sources;

/// <summary>A folder of this machine that may hold a dataset's files.</summary>
internal sealed record SourceFolder(SourceOrigin Origin, string Path)
{
    /// <summary>The file's path in this folder, under any of its names; null when it is not there.</summary>
    public string? Find(SourceFile file) => file.LocalNames.Select(name => System.IO.Path.Combine(Path, name)).FirstOrDefault(File.Exists);

    public override string ToString() => Origin switch
    {
        SourceOrigin.Package => $"package folder {Path}",
        SourceOrigin.Mirror => $"data mirror {Path}",
        _ => $"cache {Path}",
    };
}

/// <summary>The folders of a dataset, in the order they are tried: the operating system's package, the data mirror, the cache.</summary>
internal static class SourceFolders
{
    private const string Application = "onnx-pipeline";

    /// <exception cref="DatasetSourceException">A data mirror was named that is no folder.</exception>
    public static IReadOnlyList<SourceFolder> Of(DatasetDefinition dataset, SourceOptions options)
    {
        var folders = new List<SourceFolder> { new(SourceOrigin.Package, Path.Combine(options.PackageRoot, dataset.Name)) };
        if (Mirror(options) is { } mirror) folders.Add(new(SourceOrigin.Mirror, Path.Combine(mirror, dataset.Name)));
        folders.Add(new(SourceOrigin.Cache, Path.Combine(CacheRoot(options), "datasets", dataset.Name)));
        return folders;
    }

    private static string? Mirror(SourceOptions options)
    {
        var (folder, from) = options.DataMirror is { } given ? (given, "--data-mirror") : (options.GetEnvironment(SourceOptions.MirrorVariable), SourceOptions.MirrorVariable);
        if (string.IsNullOrEmpty(folder)) return null;
        return Directory.Exists(folder) ? Path.GetFullPath(folder)
            : throw new DatasetSourceException($"The data mirror '{folder}' ({from}) is no folder that can be read. Expected one that holds a folder a dataset, for example mnist/train-images-idx3-ubyte.gz.");
    }

    /// <summary>Source: XDG Base Directory Specification; a relative $XDG_CACHE_HOME is to be ignored.</summary>
    private static string CacheRoot(SourceOptions options)
    {
        if (options.CacheFolder is { } given) return Path.GetFullPath(given);
        if (options.GetEnvironment("XDG_CACHE_HOME") is { } xdg && Path.IsPathFullyQualified(xdg)) return Path.Combine(xdg, Application);
        return OperatingSystem.IsWindows()
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), Application, "cache")
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".cache", Application);
    }
}
