using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Inference;

/// <summary>Reads image files no further than the limits allow.</summary>
internal static class ImageFile
{
    private const int ChunkSize = 81_920;

    public static byte[] Read(string path, ImageLimits limits)
    {
        using var file = Open(path, FileOptions.SequentialScan);
        if (!file.CanSeek) return Read(file, limits);
        var bytes = Room(file.Length, limits);
        file.ReadExactly(bytes);
        return bytes;
    }

    public static byte[] Read(Stream stream, ImageLimits limits)
    {
        using var all = new MemoryStream();
        var chunk = new byte[ChunkSize];
        while (stream.Read(chunk) is > 0 and var read) Add(all, chunk.AsSpan(0, read), limits);
        return all.ToArray();
    }

    public static async Task<byte[]> ReadAsync(string path, ImageLimits limits, CancellationToken cancellation)
    {
        var file = Open(path, FileOptions.SequentialScan | FileOptions.Asynchronous);
        await using (file.ConfigureAwait(false))
        {
            if (!file.CanSeek) return await ReadAsync(file, limits, cancellation).ConfigureAwait(false);
            var bytes = Room(file.Length, limits);
            await file.ReadExactlyAsync(bytes, cancellation).ConfigureAwait(false);
            return bytes;
        }
    }

    public static async Task<byte[]> ReadAsync(Stream stream, ImageLimits limits, CancellationToken cancellation)
    {
        using var all = new MemoryStream();
        var chunk = new byte[ChunkSize];
        while (await stream.ReadAsync(chunk, cancellation).ConfigureAwait(false) is > 0 and var read) Add(all, chunk.AsSpan(0, read), limits);
        return all.ToArray();
    }

    private static FileStream Open(string path, FileOptions options) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, options);

    private static byte[] Room(long length, ImageLimits limits) => length <= limits.MaxBytes ? new byte[length] : throw TooLong(limits);

    private static void Add(MemoryStream all, ReadOnlySpan<byte> chunk, ImageLimits limits)
    {
        if (all.Length + chunk.Length > limits.MaxBytes) throw TooLong(limits);
        all.Write(chunk);
    }

    private static ImageException TooLong(ImageLimits limits) =>
        new($"the file has more than the {limits.MaxBytes} bytes that are allowed; raise {nameof(ImageLimits)}.{nameof(ImageLimits.MaxBytes)}.");
}
