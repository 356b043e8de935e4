using System.Security.Cryptography;
using OnnxPipeline.Models.Tables;

namespace OnnxPipeline.Datasets.Sources;

/// <summary>Checks a file's content against what was published.</summary>
internal static class ContentCheck
{
    private const int ChunkSize = 1 << 17;

    /// <summary>What is wrong with the file at <paramref name="path"/>, as the end of a sentence that begins with it; null when nothing is.</summary>
    public static string? Problem(string path, SourceFile expected, CancellationToken cancellationToken)
    {
        var unpacked = expected.SumOfPublished ? "" : " (uncompressed)";
        try
        {
            using var content = expected.SumOfPublished ? File.OpenRead(path) : CompressedFile.OpenRead(path);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var chunk = new byte[ChunkSize];
            long length = 0;
            int read;
            while ((read = content.Read(chunk)) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                length += read;
                // Nothing is gained by unpacking the rest of a gzip bomb.
                if (length > expected.Length) return $"holds more than the expected {expected.Length:N0} bytes{unpacked}";
                hash.AppendData(chunk, 0, read);
            }
            if (length != expected.Length) return $"holds {length:N0} bytes{unpacked}, expected {expected.Length:N0}; it is cut short or another file";
            var found = Convert.ToHexStringLower(hash.GetHashAndReset());
            return found == expected.Sha256 ? null : $"has SHA-256 {found}{unpacked}, expected {expected.Sha256}";
        }
        catch (InvalidDataException exception)
        {
            return $"is corrupt gzip data: {exception.Message}";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"cannot be read: {exception.Message}";
        }
    }

    /// <summary>The SHA-256 of the file's own bytes, in hexadecimal.</summary>
    /// <exception cref="DatasetSourceException">It cannot be read.</exception>
    public static string FileSha256(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DatasetSourceException($"{path} cannot be read: {exception.Message}", exception);
        }
    }
}
