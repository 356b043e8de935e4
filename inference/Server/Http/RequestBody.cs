using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace OnnxPipeline.Inference.Server.Http;

/// <summary>Reads a request's body into memory, no further than the limit: nothing a client sends touches the disk.</summary>
internal static class RequestBody
{
    // Of a body whose length is not known beforehand.
    private const int FirstLength = 4096;

    // Reading a body goes on where its bytes arrive, beside those of other connections; a longer one is parsed elsewhere.
    private const int ShortLength = 64 << 10;

    /// <exception cref="RequestException">413 when there is more, 415 when it is compressed in a way that is not known, 400 when it is compressed and damaged.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, int limit)
    {
        var request = context.Request;
        if (request.ContentLength > limit) throw TooLong(limit);
        if (request.Headers.ContentEncoding.Count > 0) throw new RequestException(StatusCodes.Status415UnsupportedMediaType, $"The body's encoding '{request.Headers.ContentEncoding}' is not known; expected gzip, deflate or br, once.");
        // One byte more than is expected, so that the end is seen without another buffer.
        var body = GC.AllocateUninitializedArray<byte>((int)(request.ContentLength ?? FirstLength) + 1);
        var length = 0;
        try
        {
            while (await request.Body.ReadAsync(body.AsMemory(length), context.RequestAborted) is > 0 and var read)
            {
                length += read;
                if (length > limit) throw TooLong(limit);
                if (length == body.Length) Array.Resize(ref body, (int)Math.Min(2L * length, limit + 1L));
            }
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw RequestException.BadRequest($"The compressed body is damaged: {exception.Message}");
        }
        if (length > ShortLength) await Task.Yield();
        return body.AsMemory(0, length);
    }

    /// <summary>The first file of a multipart form.</summary>
    /// <exception cref="RequestException">400 when the form is malformed or holds no file, 413 when it is too long.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadFileAsync(HttpContext context, int limit)
    {
        if (context.Request.ContentLength > limit) throw TooLong(limit);
        try
        {
            var feature = new FormFeature(context.Request, new FormOptions { MultipartBodyLengthLimit = limit, MemoryBufferThreshold = limit, BufferBodyLengthLimit = limit });
            var form = await feature.ReadFormAsync(context.RequestAborted);
            if (form.Files.Count == 0) throw RequestException.BadRequest("The form holds no file; send the image as a file, as curl -F image=@picture.png does.");
            using var file = form.Files[0].OpenReadStream();
            var bytes = new byte[file.Length];
            await file.ReadExactlyAsync(bytes, context.RequestAborted);
            return bytes;
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw RequestException.BadRequest($"The multipart form is malformed or too long ({limit} bytes are allowed): {exception.Message}");
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            throw RequestException.BadRequest($"The multipart form ends early: {exception.Message}");
        }
    }

    /// <summary>Brotli's stream has another exception for that than those of gzip and deflate.</summary>
    private static bool IsDamage(Exception exception) => exception is InvalidDataException or InvalidOperationException;

    private static RequestException TooLong(int limit) => new(StatusCodes.Status413PayloadTooLarge, $"The request's body has more than the {limit} bytes that are allowed.");
}
