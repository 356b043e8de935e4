namespace OnnxPipeline.Export.Packaging;

/// <summary>A folder that is filled beside its place and moved there when it is complete.</summary>
internal sealed class OutputFolder : IDisposable
{
    private readonly string _folder;

    /// <exception cref="PackageException">The place is a file, a link, or a folder with something in it that may not be replaced.</exception>
    public OutputFolder(string folder, bool replace)
    {
        _folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Path.GetDirectoryName(_folder) is not { } parent) throw new PackageException($"'{folder}' is the root of a file system. Name a folder of its own.");
        var info = new DirectoryInfo(_folder);
        if (info.LinkTarget is not null) throw new PackageException($"'{folder}' is a link. Name the folder itself.");
        if (File.Exists(_folder)) throw new PackageException($"'{folder}' is a file. Name a folder.");
        if (info.Exists && !replace && info.EnumerateFileSystemInfos().Any()) throw new PackageException($"The folder '{folder}' is not empty. Name another, or replace it with --force.");
        if (info.Exists && Environment.CurrentDirectory.StartsWith(_folder, StringComparison.Ordinal)) throw new PackageException($"'{folder}' is or holds the current folder, which cannot be replaced. Name another.");
        Directory.CreateDirectory(parent);
        Work = Path.Combine(parent, $".{Path.GetFileName(_folder)}.{Guid.NewGuid():n}");
        Directory.CreateDirectory(Work);
    }

    /// <summary>The folder to fill.</summary>
    public string Work { get; }

    /// <summary>Puts the folder in its place; what was there is gone then.</summary>
    /// <returns>Its files, relative to it, in ordinal order.</returns>
    public IReadOnlyList<string> Publish()
    {
        string[] files = [.. Directory.EnumerateFiles(Work, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Work, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        var old = $"{Work}.old";
        if (Directory.Exists(_folder)) Directory.Move(_folder, old);
        try
        {
            Directory.Move(Work, _folder);
        }
        catch when (Directory.Exists(old))
        {
            Directory.Move(old, _folder);
            throw;
        }
        if (Directory.Exists(old)) Directory.Delete(old, recursive: true);
        return files;
    }

    public void Dispose()
    {
        if (Directory.Exists(Work)) Directory.Delete(Work, recursive: true);
    }
}
