using System.Globalization;
using Microsoft.AspNetCore.Http;
using OnnxPipeline.Inference.Server.Http;

namespace OnnxPipeline.Inference.Server.Protocol;

/// <summary>The body of an infer request: its JSON, and the tensors' bytes after it, which are taken one after the other.</summary>
internal sealed class BinarySections
{
    /// <summary>How many bytes of the body are JSON; without it all are.</summary>
    public const string LengthHeader = "Inference-Header-Content-Length";

    private readonly bool _stated;
    private ReadOnlyMemory<byte> _rest;

    private BinarySections(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> rest, bool stated)
    {
        Json = json;
        _rest = rest;
        _stated = stated;
    }

    public ReadOnlyMemory<byte> Json { get; }

    /// <exception cref="RequestException">400: the header is no length, or one beyond the body.</exception>
    public static BinarySections Split(ReadOnlyMemory<byte> body, IHeaderDictionary headers)
    {
        if (!headers.TryGetValue(LengthHeader, out var header)) return new BinarySections(body, default, stated: false);
        if (!int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length > body.Length)
            throw RequestException.BadRequest($"The header {LengthHeader} must be the number of bytes of JSON at the head of the body, from 0 to its {body.Length}.");
        return new BinarySections(body[..length], body[length..], stated: true);
    }

    /// <summary>The next tensor's bytes.</summary>
    /// <exception cref="RequestException">400: fewer are left, or the header is missing.</exception>
    public ReadOnlySpan<byte> Take(long size, string where)
    {
        if (!_stated) throw RequestException.BadRequest($"The {where} has binary data, but the request has no header {LengthHeader}.");
        if (size < 0 || size > _rest.Length) throw RequestException.BadRequest($"The {where} has a binary_data_size of {size}, but {_rest.Length} bytes are left of the body.");
        var section = _rest[..(int)size];
        _rest = _rest[(int)size..];
        return section.Span;
    }

    /// <exception cref="RequestException">400: bytes are left that no tensor claims.</exception>
    public void CheckEnd()
    {
        if (_rest.Length > 0) throw RequestException.BadRequest($"The body goes on for {_rest.Length} bytes after the last tensor; the binary_data_size of the inputs must add up to all that follows the JSON.");
    }
}
