using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OnnxPipeline.Pipeline.Store.Remote.S3;

/// <summary>
/// Signature Version 4 of a request to S3, by the Authorization header.
/// Source: Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk".
/// </summary>
internal static class AwsSignature
{
    public const string DateHeader = "x-amz-date";
    public const string ContentHeader = "x-amz-content-sha256";
    public const string TokenHeader = "x-amz-security-token";

    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string Service = "s3";
    private const string End = "aws4_request";

    /// <summary>Adds date, content hash, token and signature to a request. Its other headers are left out of the signature, since proxies may change them.</summary>
    public static void Sign(HttpRequestMessage request, string contentSha256, AwsCredentials credentials, string region, DateTimeOffset time)
    {
        request.Headers.Add(DateHeader, Stamp(time));
        request.Headers.Add(ContentHeader, contentSha256);
        if (credentials.SessionToken is { } token) request.Headers.Add(TokenHeader, token);
        var signed = request.Headers
            .Where(h => h.Key.StartsWith("x-amz-", StringComparison.Ordinal))
            .Select(h => (h.Key, string.Join(',', h.Value)))
            .Prepend(("host", request.RequestUri!.IsDefaultPort ? request.RequestUri.IdnHost : request.RequestUri.Authority));
        request.Headers.TryAddWithoutValidation("Authorization", Authorization(request.Method.Method, request.RequestUri.AbsolutePath, signed, contentSha256, credentials, region, time));
    }

    /// <summary>The header's value.</summary>
    /// <param name="method">For example GET.</param>
    /// <param name="path">Escaped, from '/'. Requests with a query are not signed here.</param>
    /// <param name="headers">Those to sign, with lower-case names.</param>
    /// <param name="contentSha256">Of the body.</param>
    /// <param name="credentials">The keys.</param>
    /// <param name="region">The bucket's, for example eu-central-1.</param>
    /// <param name="time">That of the date header.</param>
    public static string Authorization(string method, string path, IEnumerable<(string Name, string Value)> headers, string contentSha256, AwsCredentials credentials, string region, DateTimeOffset time)
    {
        var sorted = headers.OrderBy(h => h.Name, StringComparer.Ordinal).ToArray();
        var names = string.Join(';', sorted.Select(h => h.Name));
        var canonical = string.Join('\n', [method, path, "", .. sorted.Select(h => $"{h.Name}:{h.Value.Trim()}"), "", names, contentSha256]);
        var day = Stamp(time)[..8];
        var scope = $"{day}/{region}/{Service}/{End}";
        var text = string.Join('\n', Algorithm, Stamp(time), scope, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))));
        var key = new[] { day, region, Service, End }.Aggregate(Encoding.UTF8.GetBytes($"AWS4{credentials.SecretKey}"), Hmac);
        return $"{Algorithm} Credential={credentials.AccessKey}/{scope},SignedHeaders={names},Signature={Convert.ToHexStringLower(Hmac(key, text))}";
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
}
