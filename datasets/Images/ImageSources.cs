using OnnxPipeline.Models.Tables;
using OnnxPipeline.Runtime.Archives;

namespace OnnxPipeline.Datasets.Images;

/// <summary>Opens what a path names as a source of images.</summary>
internal static class ImageSources
{
    /// <summary>A folder as it is, an archive by its first bytes.</summary>
    /// <exception cref="DatasetSourceException">There is nothing at the path, or it cannot be read.</exception>
    public static IImageSource Open(string path)
    {
        if (Directory.Exists(path)) return new FolderSource(path);
        if (!File.Exists(path)) throw new DatasetSourceException($"{path}: there is no such folder or archive of images; set data.imageFolder.path. Relative paths start from the recipe's folder.");
        try
        {
            return new ArchiveSource(path, Archive.Open(path, CompressedFile.OpenRead, DatasetFormatException.Of));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DatasetSourceException($"{path} cannot be read: {exception.Message}", exception);
        }
    }
}
