using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using OnnxPipeline.Inference.Server.Endpoints;

namespace OnnxPipeline.Inference.Server.Http;

/// <summary>Lets in only who knows the key. Health may be asked for by everyone, since probes carry no keys; so may the page, which asks for the key itself.</summary>
internal sealed class ApiKey(string key)
{
    public const string Header = "X-Api-Key";

    // Hashes have one length, so that the time of the comparison says nothing of the key's.
    private readonly byte[] _hash = Hash(key);

    public Task Apply(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments("/v2/health") || PageEndpoints.Holds(context.Request.Path) || Sent(context.Request.Headers) is { } sent && CryptographicOperations.FixedTimeEquals(Hash(sent), _hash)) return next(context);
        // A browser asks for a password then, which helps who opens an address in it; the page sends the header and asks in its own way.
        context.Response.Headers.WWWAuthenticate = context.Request.Headers.ContainsKey(Header) ? "Bearer realm=\"models\"" : "Basic realm=\"models\", charset=\"UTF-8\"";
        return Json.WriteAsync(context, new ErrorResponse($"This server asks for a key: send it as {Header}, as bearer token, or as the password of any user."), ServerJson.Default.ErrorResponse, StatusCodes.Status401Unauthorized);
    }

    private static string? Sent(IHeaderDictionary headers)
    {
        if (headers.TryGetValue(Header, out var key)) return key;
        if (!AuthenticationHeaderValue.TryParse(headers.Authorization, out var authorization) || authorization.Parameter is not { } parameter) return null;
        if (authorization.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) return parameter;
        if (!authorization.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)) return null;
        var pair = new byte[parameter.Length];
        if (!Convert.TryFromBase64String(parameter, pair, out var length)) return null;
        var text = Encoding.UTF8.GetString(pair, 0, length);
        return text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
