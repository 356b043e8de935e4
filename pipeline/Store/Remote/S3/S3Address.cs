using System.Net;
using OnnxPipeline.Pipeline.Recipes.Binding;

namespace OnnxPipeline.Pipeline.Store.Remote.S3;

/// <summary>Reads "s3://bucket/prefix?endpoint=URL&amp;region=NAME&amp;style=path|virtual"; what is not given comes from the environment and the AWS profile.</summary>
internal static class S3Address
{
    private const string Endpoint = "endpoint";
    private const string Region = "region";
    private const string Style = "style";
    private const string PathStyle = "path";
    private const string VirtualStyle = "virtual";
    private const string DefaultRegion = "us-east-1";

    private static readonly string[] Valid = [Endpoint, Region, Style];

    /// <exception cref="UsageException">Something about it is wrong.</exception>
    public static S3Protocol Parse(Uri address, Func<string, string?> environment, TimeProvider time)
    {
        if (address.UserInfo.Length > 0) throw new UsageException("The remote s3://… has credentials in it; put them into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or into ~/.aws/credentials.");
        var bucket = address.OriginalString["s3://".Length..].Split('/', '?')[0];
        if (bucket.Length == 0) throw new UsageException($"The remote '{address.OriginalString}' names no bucket. Expected s3://bucket/prefix.");
        var settings = new AwsSettings(environment);
        var given = Query(address);
        var region = given.GetValueOrDefault(Region) ?? settings.Region ?? DefaultRegion;
        var own = given.GetValueOrDefault(Endpoint) ?? settings.Endpoint;
        var endpoint = own is null ? Amazon(region) : Read(own);
        return new S3Protocol(endpoint, bucket, Uri.UnescapeDataString(address.AbsolutePath).Trim('/'), PathStyled(given, own is not null, bucket), region, settings.Credentials(), time);
    }

    /// <summary>A server of one's own seldom has a name for each bucket, and no certificate covers a bucket with dots.</summary>
    private static bool PathStyled(Dictionary<string, string> given, bool ownEndpoint, string bucket) => given.GetValueOrDefault(Style) switch
    {
        null => ownEndpoint || bucket.Contains('.'),
        PathStyle => true,
        VirtualStyle => false,
        var other => throw new UsageException($"The remote's style is '{other}'. Valid: {PathStyle} (https://endpoint/bucket), {VirtualStyle} (https://bucket.endpoint)."),
    };

    private static Uri Amazon(string region) => new($"https://s3.{region}.amazonaws.com{(region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}");

    private static Uri Read(string endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new UsageException($"The endpoint '{endpoint}' of the remote is no address. Expected one such as https://minio.example.org:9000.");

    private static Dictionary<string, string> Query(Uri address)
    {
        var values = new Dictionary<string, string>();
        foreach (var pair in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=', 2)))
        {
            if (!Valid.Contains(pair[0])) throw new UsageException($"The remote has the option '{pair[0]}', which is unknown.{Names.Suggest(pair[0], Valid)}");
            values[pair[0]] = WebUtility.UrlDecode(pair.ElementAtOrDefault(1) ?? "");
        }
        return values;
    }
}
