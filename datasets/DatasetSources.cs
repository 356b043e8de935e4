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
}
