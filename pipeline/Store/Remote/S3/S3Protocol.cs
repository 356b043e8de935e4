using System.Net;
using System.Text.RegularExpressions;

namespace OnnxPipeline.Pipeline.Store.Remote.S3;

/// <summary>Amazon S3, and what speaks as it does: MinIO, Ceph, Garage, R2 and others.</summary>
internal sealed partial class S3Protocol : IRemoteProtocol
{
    private readonly Uri _root;
    private readonly string _region;
    private readonly AwsCredentials? _credentials;
    private readonly TimeProvider _time;

    /// <param name="endpoint">The server, for example https://s3.eu-central-1.amazonaws.com.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="prefix">What names of objects begin with, without '/' at its ends; empty for none.</param>
    /// <param name="pathStyle">Whether the bucket is the first part of the path, and not of the host's name.</param>
    /// <param name="region">The bucket's region, which signatures name.</param>
    /// <param name="credentials">Null for requests that are not signed.</param>
    /// <param name="time">The clock of signatures.</param>
    public S3Protocol(Uri endpoint, string bucket, string prefix, bool pathStyle, string region, AwsCredentials? credentials, TimeProvider time)
    {
        (_region, _credentials, _time) = (region, credentials, time);
        var host = pathStyle ? endpoint.Host : $"{bucket}.{endpoint.Host}";
        string[] parts = [.. pathStyle ? [bucket] : Array.Empty<string>(), .. prefix.Length > 0 ? [prefix] : Array.Empty<string>()];
        _root = new UriBuilder(endpoint) { Host = host, Path = endpoint.AbsolutePath.TrimEnd('/') + "/" + string.Concat(parts.Select(p => RemoteLayout.Escape(p) + "/")) }.Uri;
        Name = $"s3://{bucket}{(prefix.Length > 0 ? $"/{prefix}" : "")}";
    }

    public string Name { get; }

    public bool FollowsRedirects => false;

    public bool HasFolders => false;

    /// <summary>Source: Amazon S3 User Guide, "Uploading objects"; larger ones take a multipart upload, which is not done here.</summary>
    public long? MaxPut => 5L << 30;

    public Uri Locate(string path) => new(_root, RemoteLayout.Escape(path));

    public void Authorize(HttpRequestMessage request, string contentSha256)
    {
        if (_credentials is not null) AwsSignature.Sign(request, contentSha256, _credentials, _region, _time.GetUtcNow());
    }

    public string? Advise(HttpStatusCode status, string body)
    {
        var said = Element(body, "Code") is { } code ? $"S3 says {code}: {Element(body, "Message")} " : "";
        return (said + (status switch
        {
            HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => _credentials is null
                ? "No credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE."
                : "Check the keys, and the rights s3:GetObject, s3:PutObject and s3:ListBucket; without the last, S3 answers 403 for what is not there.",
            HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect or HttpStatusCode.BadRequest => $"Is the bucket in the region '{_region}'? Set AWS_REGION, or add ?region=NAME to the remote.",
            _ => "",
        })).Trim() is { Length: > 0 } advice ? advice : null;
    }

    private static string? Element(string body, string name) =>
        Elements().Matches(body).FirstOrDefault(m => m.Groups[1].Value == name)?.Groups[2].Value;

    [GeneratedRegex("<(Code|Message)>([^<]*)<")]
    private static partial Regex Elements();
}
