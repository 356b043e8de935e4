using OnnxPipeline.Datasets.Sources;

namespace OnnxPipeline.Datasets;

/// <summary>Tells what of a dataset is on this machine, for those who only want to look.</summary>
public static class DatasetSources
{
    /// <summary>For each file of <paramref name="dataset"/>, where it lies, in the order the layers are tried; null where it would be downloaded. Contents are not checked.</summary>
    /// <exception cref="DatasetSourceException">The data mirror is no folder.</exception>
    public static IReadOnlyList<(SourceFile File, string? Path)> Find(DatasetDefinition dataset, SourceOptions options)
    {
        var folders = SourceFolders.Of(dataset, options);
        return [.. dataset.Files.Select(file => (file, folders.Select(folder => folder.Find(file)).FirstOrDefault(path => path is not null)))];
    }

    /// <summary>The SHA-256 of every file that would be a data mirror's own in place of the official one; with the options and the seed, they decide the dataset artifact's bytes.</summary>
    /// <exception cref="DatasetSourceException">The data mirror is no folder, or its file cannot be read.</exception>
    public static IReadOnlyList<string> Unofficial(DatasetDefinition dataset, SourceOptions options)
    {
        var files = dataset.Files.Where(file => file.SumOfPublished).ToArray();
        if (files.Length == 0 || SourceFolders.Of(dataset, options).All(folder => folder.Origin != SourceOrigin.Mirror)) return [];
        var resolver = new SourceResolver(dataset, options, null);
        return [.. files.Select(file => resolver.FindHere(file, default)?.UnofficialSha256).OfType<string>()];
    }

    /// <summary>The SHA-256 of the user's own data that the options name; null for a published dataset. With <see cref="Deciding"/> and the seed, it decides the dataset artifact's bytes.</summary>
    /// <exception cref="DatasetSourceException">The data is not there, or cannot be read.</exception>
    /// <exception cref="DatasetFormatException">It is not what it should be.</exception>
    public static string? Fingerprint(DataOptions options, CancellationToken cancellationToken = default) =>
        Definition(options)?.Fingerprint?.Invoke(options, cancellationToken);

    /// <summary>The options without what changes nothing of the dataset: the paths of a user's own data.</summary>
    public static DataOptions Deciding(DataOptions options) => Definition(options)?.Deciding(options) ?? options;

    private static DatasetDefinition? Definition(DataOptions options) => DatasetRegistry.Contains(options.Dataset) ? DatasetRegistry.Find(options.Dataset) : null;
}
