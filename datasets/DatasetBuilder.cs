using OnnxPipeline.Datasets.Artifacts;
using OnnxPipeline.Datasets.Sources;
using OnnxPipeline.Datasets.Splits;

namespace OnnxPipeline.Datasets;

/// <summary>From a dataset's name to its artifact: obtain the files, read them, split, limit, write.</summary>
public static class DatasetBuilder
{
    /// <summary>Builds the artifact in <paramref name="outputFolder"/>. Its bytes follow from <paramref name="options"/> and <paramref name="seed"/> alone, and from <see cref="DatasetSources.Unofficial"/> files or a user's own data (<see cref="DatasetSources.Fingerprint"/>) where there are any.</summary>
    /// <returns>The files it was built from, and where each came from.</returns>
    /// <exception cref="ArgumentException">The options have faults; the message lists them all.</exception>
    /// <exception cref="DatasetSourceException">A file could not be obtained.</exception>
    /// <exception cref="DatasetFormatException">A file is not what it should be.</exception>
    public static IReadOnlyList<ObtainedFile> Build(DataOptions options, ulong seed, SourceOptions sources, string outputFolder,
        IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var faults = options.Validate();
        if (faults.Count > 0) throw new ArgumentException(string.Join("\n", faults), nameof(options));
        return Build(DatasetRegistry.Find(options.Dataset), options, seed, sources, outputFolder, progress, cancellationToken);
    }

    internal static IReadOnlyList<ObtainedFile> Build(DatasetDefinition dataset, DataOptions options, ulong seed, SourceOptions sources, string outputFolder,
        IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        // On the thread pool, where no caller's synchronization context can wait for this thread.
        var files = Task.Run(() => new SourceResolver(dataset, sources, progress).ObtainAsync(cancellationToken), cancellationToken).GetAwaiter().GetResult();
        cancellationToken.ThrowIfCancellationRequested();
        using var scratch = new ScratchFile(outputFolder);
        var reading = new DatasetReading([.. files.Select(f => f.Path)], options, seed, scratch, cancellationToken);
        if (dataset.Write is { } write)
        {
            write(reading, outputFolder);
            return files;
        }
        var content = dataset.Read!(reading);
        if (options.Binary is { } binary) content = BinaryTask.Apply(content, binary);
        var unofficial = files.Where(f => f.UnofficialSha256 is not null).Select(f => $"; not the official {f.File.Name} but one of SHA-256 {f.UnofficialSha256}");
        content = content with { Source = content.Source + string.Concat(unofficial) };
        DatasetWriter.Write(outputFolder, Splitter.Apply(content, options, seed));
        return files;
    }
}
