using OnnxPipeline.Datasets.Sources;

namespace OnnxPipeline.Datasets.Images;

/// <summary>Opens what a path names as a source of images.</summary>
internal static class ImageSources
{
    private static ReadOnlySpan<byte> Zip => [(byte)'P', (byte)'K', 3, 4];

    private static ReadOnlySpan<byte> EmptyZip => [(byte)'P', (byte)'K', 5, 6];

    /// <summary>A folder as it is, a zip by its first bytes (APPNOTE.TXT), else a tar, gzipped or not.</summary>
    /// <exception cref="DatasetSourceException">There is nothing at the path, or it cannot be read.</exception>
    public static IImageSource Open(string path)
    {
        if (Directory.Exists(path)) return new FolderSource(path);
        if (!File.Exists(path)) throw new DatasetSourceException($"{path}: there is no such folder or archive of images; set data.imageFolder.path. Relative paths start from the recipe's folder.");
        Span<byte> magic = stackalloc byte[4];
        try
        {
            using var file = File.OpenRead(path);
            file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DatasetSourceException($"{path} cannot be read: {exception.Message}", exception);
        }
        return magic.SequenceEqual(Zip) || magic.SequenceEqual(EmptyZip) ? new ZipSource(path) : new TarSource(path);
    }

    /// <summary>The fingerprint of an archive: its file's own, under which it can be looked up.</summary>
    public static string OfArchive(string path) => ContentCheck.FileSha256(path);
}
