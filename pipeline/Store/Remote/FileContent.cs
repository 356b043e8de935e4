using System.Net;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace OnnxPipeline.Pipeline.Store.Remote;

/// <summary>
/// A file as the body of a request, of known length, in constant memory. It is hashed on its way, and its last bytes are held back
/// when the hash is wrong: the server has an unfinished body then, which it drops. It can be sent again.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="size">Bytes that it should have.</param>
/// <param name="sha256">The hash that it should have.</param>
/// <param name="moved">Told of bytes as they go.</param>
internal sealed class FileContent(string path, long size, string sha256, Action<int> moved) : HttpContent
{
    private const int ChunkSize = 1 << 18;

    protected override bool TryComputeLength(out long length)
    {
        length = size;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using var file = Open();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // Two chunks: one goes out while the next is read and hashed.
        var length = (int)Math.Min(size, ChunkSize);
        var (chunk, next) = (new byte[length], new byte[length]);
        var sending = Task.CompletedTask;
        for (long offset = 0; offset < size;)
        {
            var read = await RandomAccess.ReadAsync(file, chunk.AsMemory(0, (int)Math.Min(length, size - offset)), offset, cancellationToken);
            hash.AppendData(chunk, 0, read);
            offset += read;
            await sending;
            if (read == 0 || (offset == size && Convert.ToHexStringLower(hash.GetCurrentHash()) != sha256)) throw Changed();
            moved(read);
            sending = stream.WriteAsync(chunk.AsMemory(0, read), cancellationToken).AsTask();
            (chunk, next) = (next, chunk);
        }
        await sending;
    }

    private SafeFileHandle Open()
    {
        try
        {
            var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            if (RandomAccess.GetLength(file) == size) return file;
            file.Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"'{path}' cannot be read: {exception.Message}", exception);
        }
        throw Changed();
    }

    private StoreException Changed() => new($"'{path}' is not what its artifact's manifest says, {size} bytes of SHA-256 {sha256[..12]}…, so it is not sent. Run 'pipeline cache verify'; the next run makes the artifact again.");
}
