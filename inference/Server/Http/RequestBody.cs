using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace OnnxPipeline.Inference.Server.Http;

/// <summary>Reads a request's body into memory, no further than the limit: nothing a client sends touches the disk.</summary>
internal static class RequestBody
{
    /// <exception cref="RequestException">413 when there is more, 415 when it is compressed in a way that is not known, 400 when it is compressed and damaged.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, int limit)
    {
        var request = context.Request;
        if (request.ContentLength > limit) throw TooLong(limit);
        if (request.Headers.ContentEncoding.Count > 0) throw new RequestException(StatusCodes.Status415UnsupportedMediaType, $"The body's encoding '{request.Headers.ContentEncoding}' is not known; expected gzip, deflate or br, once.");
        using var body = new MemoryStream((int)(request.ContentLength ?? 0));
        var chunk = new byte[81_920];
        try
        {
            while (await request.Body.ReadAsync(chunk, context.RequestAborted) is > 0 and var read)
            {
                if (body.Length + read > limit) throw TooLong(limit);
                body.Write(chunk, 0, read);
            }
        }
        catch (InvalidDataException exception)
        {
            throw RequestException.BadRequest($"The compressed body is damaged: {exception.Message}");
        }
        return body.GetBuffer().AsMemory(0, (int)body.Length);
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
        catch (InvalidDataException exception)
        {
            throw RequestException.BadRequest($"The multipart form is malformed or too long ({limit} bytes are allowed): {exception.Message}");
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            throw RequestException.BadRequest($"The multipart form ends early: {exception.Message}");
        }
    }

    private static RequestException TooLong(int limit) => new(StatusCodes.Status413PayloadTooLarge, $"The request's body has more than the {limit} bytes that are allowed.");
}
