namespace OnnxPipeline.Datasets.Sources;

/// <summary>Finds or fetches the files of a dataset: package folder, data mirror, cache, then download into the cache.</summary>
internal sealed class SourceResolver(DatasetDefinition dataset, SourceOptions options, IProgress<DownloadProgress>? progress)
{
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(200);

    private readonly IReadOnlyList<SourceFolder> _folders = SourceFolders.Of(dataset, options);

    /// <exception cref="DatasetSourceException">A file is nowhere to be had, or the data mirror's is damaged.</exception>
    public async Task<IReadOnlyList<ObtainedFile>> ObtainAsync(CancellationToken cancellationToken)
    {
        var obtained = new List<ObtainedFile>();
        foreach (var file in dataset.Files) obtained.Add(await ObtainAsync(file, cancellationToken));
        return obtained;
    }

    /// <summary>The file as this machine has it; null when it is to be downloaded.</summary>
    /// <exception cref="DatasetSourceException">The data mirror's file is damaged.</exception>
    public ObtainedFile? FindHere(SourceFile file, CancellationToken cancellationToken) => FindHere(file, [], [], cancellationToken);

    private ObtainedFile? FindHere(SourceFile file, List<string> tried, List<string> rejected, CancellationToken cancellationToken)
    {
        foreach (var folder in _folders)
        {
            if (Usable(folder, file, tried, rejected, cancellationToken) is not { } path) continue;
            var sum = TakesAny(folder, file) ? ContentCheck.FileSha256(path) : file.Sha256;
            return new ObtainedFile(file, path, folder.Origin, rejected) { UnofficialSha256 = sum == file.Sha256 ? null : sum };
        }
        return null;
    }

    private async Task<ObtainedFile> ObtainAsync(SourceFile file, CancellationToken cancellationToken)
    {
        var tried = new List<string>();
        var rejected = new List<string>();
        if (FindHere(file, tried, rejected, cancellationToken) is { } here) return here;

        var cache = _folders[^1];
        var target = Path.Combine(cache.Path, file.Name);
        using (await LockAsync(cache, target, cancellationToken))
        {
            // Another process may have brought the file while this one waited.
            if (File.Exists(target) && ContentCheck.Problem(target, file, cancellationToken) is null) return new ObtainedFile(file, target, cache.Origin, rejected);
            if (await new Downloader(dataset, options.Download, progress).DownloadAsync(file, target, tried, cancellationToken))
                return new ObtainedFile(file, target, SourceOrigin.Download, rejected);
        }
        throw new DatasetSourceException(Advice(file, tried));
    }

    private static string? Usable(SourceFolder folder, SourceFile file, List<string> tried, List<string> rejected, CancellationToken cancellationToken)
    {
        if (folder.Find(file) is not { } path)
        {
            tried.Add($"{folder}: no such file");
            return null;
        }
        if (TakesAny(folder, file) || ContentCheck.Problem(path, file, cancellationToken) is not { } problem) return path;
        // The mirror was asked for by name: going on without it would hide its fault.
        if (folder.Origin == SourceOrigin.Mirror)
            throw new DatasetSourceException($"{path} of the data mirror {problem}. Put the right file there, or run without the mirror (--data-mirror, {SourceOptions.MirrorVariable}).");
        tried.Add($"{folder}: {Path.GetFileName(path)} {problem}");
        rejected.Add($"{path} {problem}");
        return null;
    }

    private static bool TakesAny(SourceFolder folder, SourceFile file) => file.SumOfPublished && folder.Origin == SourceOrigin.Mirror;

    /// <summary>One download of a file at a time, on all processes that share the cache. The lock file stays: deleting it would let two hold it.</summary>
    private static async Task<FileStream> LockAsync(SourceFolder cache, string target, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(cache.Path);
            while (true)
            {
                try
                {
                    return new FileStream(target + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                }
                catch (IOException exception) when (IsSharingViolation(exception))
                {
                    await Task.Delay(LockPoll, cancellationToken);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DatasetSourceException($"The cache folder {cache.Path} cannot be written: {exception.Message} Set XDG_CACHE_HOME to a folder that can.", exception);
        }
    }

    /// <summary>EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows.</summary>
    private static bool IsSharingViolation(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);

    private string Advice(SourceFile file, List<string> tried)
    {
        var package = dataset.DebianPackage is { } name ? $"install the package with 'apt-get install {name}', " : "";
        return $"""
            Dataset '{dataset.Name}': {file.Name} could not be obtained. Tried:
            {string.Join("\n", tried.Select(t => "  - " + t))}
            What to do: run again when the network is there (what has come so far is kept and taken up), {package}or put the file into DIR/{dataset.Name}/ and give --data-mirror DIR (or set {SourceOptions.MirrorVariable}).
            """;
    }
}
