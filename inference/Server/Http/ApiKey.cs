using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace OnnxPipeline.Inference.Server.Http;

/// <summary>Lets in only who knows the key. Health may be asked for by everyone: probes carry no keys.</summary>
internal sealed class ApiKey(string key)
{
    private const string Header = "X-Api-Key";

    // Hashes have one length, so that the time of the comparison says nothing of the key's.
    private readonly byte[] _hash = Hash(key);

    public Task Apply(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments("/v2/health") || Sent(context.Request.Headers) is { } sent && CryptographicOperations.FixedTimeEquals(Hash(sent), _hash)) return next(context);
        // A browser asks for a password then, and sends it with all that the page does.
        context.Response.Headers.WWWAuthenticate = "Basic realm=\"models\", charset=\"UTF-8\"";
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
