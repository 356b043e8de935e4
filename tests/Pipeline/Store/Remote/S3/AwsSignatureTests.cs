using System.Diagnostics;
using System.Globalization;
using OnnxPipeline.Pipeline.Store.Remote.S3;

namespace OnnxPipeline.Pipeline.Tests.Store.Remote.S3;

public sealed class AwsSignatureTests
{
    private const string NoContent = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static readonly AwsCredentials Published = new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", null);
    private static readonly DateTimeOffset Day = new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero);

    // The examples of the Amazon S3 API Reference, "Signature Calculations for the Authorization Header".
    [Fact]
    public void The_published_example_of_a_GET_is_signed_as_published() => Assert.Equal(
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        AwsSignature.Authorization("GET", "/test.txt", [("x-amz-date", "20130524T000000Z"), ("host", "examplebucket.s3.amazonaws.com"), ("range", "bytes=0-9"), ("x-amz-content-sha256", NoContent)], NoContent, Published, "us-east-1", Day));

    [Fact]
    public void The_published_example_of_a_PUT_is_signed_as_published()
    {
        const string Welcome = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
        Assert.EndsWith(
            "Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
            AwsSignature.Authorization("PUT", "/test%24file.text", [("host", "examplebucket.s3.amazonaws.com"), ("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-date", "20130524T000000Z"), ("x-amz-storage-class", "REDUCED_REDUNDANCY"), ("x-amz-content-sha256", Welcome)], Welcome, Published, "us-east-1", Day));
    }

    [Fact]
    public void A_request_has_the_headers_that_are_signed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "http://localhost:9000/bucket/a%20b");
        AwsSignature.Sign(request, NoContent, Published with { SessionToken = "token" }, "eu-central-1", Day);
        var authorization = Assert.Single(request.Headers.GetValues("Authorization"));
        Assert.Contains("/20130524/eu-central-1/s3/aws4_request,SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,", authorization);
        Assert.Equal("20130524T000000Z", Assert.Single(request.Headers.GetValues("x-amz-date")));
        Assert.Equal("token", Assert.Single(request.Headers.GetValues("x-amz-security-token")));
    }

    [CurlFact]
    public async Task Curl_signs_the_same_request_in_the_same_way()
    {
        await using var server = await ObjectServer.StartAsync();
        // The server uses its own headers again for the next request.
        Dictionary<string, string> headers = [];
        server.Fault = context =>
        {
            headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            return Task.FromResult(false);
        };
        var address = new Uri($"{server.Address}/bucket/pre%20fix/x-y_z~1.json");
        using var curl = Process.Start(new ProcessStartInfo("curl", ["-s", "--noproxy", "*", "--aws-sigv4", "aws:amz:eu-west-3:s3", "--user", $"{Published.AccessKey}:{Published.SecretKey}", "-H", $"x-amz-content-sha256: {NoContent}", address.AbsoluteUri]) { RedirectStandardOutput = true })!;
        await curl.StandardOutput.ReadToEndAsync();
        await curl.WaitForExitAsync();

        var theirs = Parts(headers["Authorization"]);
        var time = DateTimeOffset.ParseExact(headers["x-amz-date"], "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var signed = theirs["SignedHeaders"].Split(';').Select(name => (name, headers[name]));
        var ours = Parts(AwsSignature.Authorization("GET", address.AbsolutePath, signed, NoContent, Published, "eu-west-3", time));
        Assert.Equal(theirs["Signature"], ours["Signature"]);
        Assert.Equal(theirs["AWS4-HMAC-SHA256 Credential"], ours["AWS4-HMAC-SHA256 Credential"]);
    }

    private static Dictionary<string, string> Parts(string header) => header.Split(',').Select(p => p.Trim().Split('=', 2)).ToDictionary(p => p[0], p => p[1]);
}

/// <summary>A test beside curl, skipped with the reason where it is not.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CurlFactAttribute : FactAttribute
{
    public CurlFactAttribute() => Skip = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "curl"))) ? null : "needs curl: install the package curl";
}
