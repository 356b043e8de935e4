using System.IO.Compression;

namespace OnnxPipeline.Models.Tables;

/// <summary>Opens a file's uncompressed content, whether or not the file is compressed.</summary>
public static class CompressedFile
{
    private const int BufferSize = 1 << 16;

    /// <summary>Gzip is known by its two magic bytes (RFC 1952), not by the name.</summary>
    public static Stream OpenRead(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, FileOptions.SequentialScan);
        try
        {
            Span<byte> magic = stackalloc byte[2];
            var compressed = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1F, 0x8B];
            file.Position = 0;
            return compressed ? new GZipStream(file, CompressionMode.Decompress) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
