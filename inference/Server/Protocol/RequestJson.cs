using System.Text.Json;
using OnnxPipeline.Inference.Server.Http;

namespace OnnxPipeline.Inference.Server.Protocol;

/// <summary>Reads JSON that a client sent.</summary>
internal static class RequestJson
{
    /// <param name="json">The text.</param>
    /// <param name="read">Takes what it needs from the document, which ends with the call.</param>
    /// <exception cref="RequestException">400: it is no JSON, or holds text that is not Unicode; or what <paramref name="read"/> finds wrong.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> json, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return read(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw RequestException.BadRequest($"The body is not JSON: {exception.Message}");
        }
        catch (InvalidOperationException exception)
        {
            // Half of a surrogate pair is JSON, but no string.
            throw RequestException.BadRequest($"The body holds text that is not Unicode: {exception.Message}");
        }
    }
}
