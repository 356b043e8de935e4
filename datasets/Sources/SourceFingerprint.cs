using System.Security.Cryptography;

namespace OnnxPipeline.Datasets.Sources;

/// <summary>The content of a user's own data as one SHA-256, so that an artifact made of it is known by what was read and not by a path.</summary>
internal static class SourceFingerprint
{
    private const int ChunkSize = 1 << 20;

    /// <summary>Of the bytes of a file, in hexadecimal.</summary>
    /// <exception cref="DatasetSourceException">It is not there, or cannot be read.</exception>
    public static string OfFile(string path, CancellationToken cancellation)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var chunk = new byte[ChunkSize];
            for (int read; (read = file.Read(chunk)) > 0;)
            {
                cancellation.ThrowIfCancellationRequested();
                hash.AppendData(chunk, 0, read);
            }
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DatasetSourceException($"{path} cannot be read: {exception.Message} Give the path of a file.", exception);
        }
    }
}
