using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Server.Tests;

public sealed class SafetyTests
{
    private const string Key = "a key of some length";

    [Theory]
    [InlineData(null, null, 401)]
    [InlineData("X-Api-Key", "another", 401)]
    [InlineData("X-Api-Key", Key, 200)]
    [InlineData("Authorization", "Bearer " + Key, 200)]
    [InlineData("Authorization", "Bearer", 401)]
    [InlineData("Authorization", "Basic YW55b25lOmEga2V5IG9mIHNvbWUgbGVuZ3Ro", 200)]
    [InlineData("Authorization", "Basic !", 401)]
    public async Task Only_who_knows_the_key_is_let_in(string? header, string? value, int expected)
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()), options => options with { ApiKey = Key });
        foreach (var path in new[] { "/v2/models/m", "/predict/input", "/metrics" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (header is not null) request.Headers.TryAddWithoutValidation(header, value);
            using var response = await served.Client.SendAsync(request);
            Assert.Equal(expected, (int)response.StatusCode);
        }
        Assert.Equal(200, (await served.GetAsync("/v2/health/ready")).Status);
    }

    [Fact]
    public async Task Pages_of_other_sites_are_refused()
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()));
        foreach (var (origin, expected) in new[] { ("http://evil.example", 403), ("null", 403), ("http://localhost", 200) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/predict") { Content = new ByteArrayContent(TestModels.UniformPng(0)) };
            request.Headers.Add("Origin", origin);
            using var response = await served.Client.SendAsync(request);
            Assert.Equal(expected, (int)response.StatusCode);
        }
    }

    [Theory]
    [InlineData("https://models.example.org", 200)]
    [InlineData("https://models.example.org:443", 200)]
    [InlineData("http://models.example.org", 403)]
    [InlineData("https://models.example.org.evil.example", 403)]
    [InlineData("https://example.org", 403)]
    [InlineData("null", 403)]
    public async Task Behind_a_proxy_the_page_is_the_one_at_the_public_address(string origin, int expected)
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()), options => options with { PublicUrl = new Uri("https://models.example.org/any") });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/predict") { Content = new ByteArrayContent(TestModels.UniformPng(0)) };
        request.Headers.Add("Origin", origin);
        using var response = await served.Client.SendAsync(request);
        Assert.Equal(expected, (int)response.StatusCode);
    }

    [Fact]
    public async Task Too_many_requests_of_an_address_are_told_to_come_later()
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()), options => options with { RateLimit = 1 });
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 10; i++) answers.Add(await served.Client.GetAsync("/v2"));
        var refused = answers.Where(a => a.StatusCode == HttpStatusCode.TooManyRequests).ToArray();
        Assert.NotEmpty(refused);
        Assert.All(refused, a => Assert.Equal(TimeSpan.FromSeconds(1), a.Headers.RetryAfter?.Delta));
        Assert.Contains("error", await refused[0].Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_certificate_makes_it_https()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()), options => options with { Certificate = certificate }, socket: true);
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, sent, _, _) => sent!.Thumbprint == certificate.Thumbprint };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(served.App.Urls.First()) };
        Assert.Equal("https", client.BaseAddress.Scheme);
        Assert.Contains("true", await client.GetStringAsync("/v2/health/ready"));
    }

    [Fact]
    public async Task Requests_have_ids_which_only_plain_ones_of_a_client_become()
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()));
        Assert.Equal("abc-1", await IdAsync(served, "abc-1", "/v2"));
        Assert.Equal("abc-1", await IdAsync(served, "abc-1", "/v2/models/none"));
        Assert.Equal(32, (await IdAsync(served, "a\"b", "/v2")).Length);
        Assert.Equal(32, (await IdAsync(served, new string('x', 200), "/v2")).Length);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nX: {0}\r\n\r\n", 70_000, "431")]
    [InlineData("GET /{0} HTTP/1.1\r\nHost: x\r\n\r\n", 70_000, "414")]
    [InlineData("POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 0, "400")]
    [InlineData("POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", 0, "413")]
    [InlineData("POST /predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n", 0, "400")]
    [InlineData("\0\0\0\0\r\n\r\n", 0, "400")]
    public async Task Bytes_that_are_no_request_are_answered_with_what_is_wrong(string request, int filler, string status)
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()), socket: true);
        using var socket = await ConnectAsync(served);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(string.Format(System.Globalization.CultureInfo.InvariantCulture, request, new string('a', filler))));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        Assert.StartsWith($"HTTP/1.1 {status}", await new StreamReader(socket.GetStream()).ReadLineAsync(patience.Token));
        Assert.Equal(200, (await served.GetAsync("/v2/health/ready")).Status);
    }

    [Fact]
    public async Task Clients_that_vanish_leave_nothing_behind()
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()), socket: true);
        var body = InferTests.Request(InferTests.Flat(0));
        for (var i = 0; i < 40; i++)
        {
            using var socket = await ConnectAsync(served);
            var request = Encoding.ASCII.GetBytes($"POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            await socket.GetStream().WriteAsync(request.AsMemory(0, i % 2 == 0 ? request.Length : request.Length / 2));
            socket.LingerState = new LingerOption(true, 0);
        }
        Assert.Equal(200, (await served.PostAsync("/v2/models/m/infer", body)).Status);
        Assert.All(served.Models.All, version => Assert.Equal(0, version.Waiting));
    }

    [Fact]
    public async Task A_server_that_is_told_to_stop_is_not_ready_but_finishes_what_it_takes()
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()), options => options with { DrainDelay = TimeSpan.FromSeconds(1) }, socket: true);
        var body = InferTests.Request(InferTests.Flat(0));
        // A request whose body is still on its way when the server stops.
        using var slow = await ConnectAsync(served);
        await slow.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nContent-Length: {body.Length}\r\n\r\n{body[..100]}"));
        await Task.Delay(100);
        var stopping = served.App.StopAsync();
        Assert.Equal(503, (await served.GetAsync("/v2/health/ready")).Status);
        Assert.Equal(503, (await served.GetAsync("/v2/models/m/ready")).Status);
        Assert.Equal(200, (await served.PostAsync("/v2/models/m/infer", body)).Status);
        await slow.GetStream().WriteAsync(Encoding.ASCII.GetBytes(body[100..]));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        Assert.StartsWith("HTTP/1.1 200", await new StreamReader(slow.GetStream()).ReadLineAsync(patience.Token));
        await stopping.WaitAsync(TimeSpan.FromSeconds(20));
        await Assert.ThrowsAsync<HttpRequestException>(() => served.Client.GetAsync("/v2/health/live"));
    }

    [Fact]
    public async Task Metrics_count_answers_and_failures_by_reason()
    {
        await using var served = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()));
        var body = InferTests.Request(InferTests.Flat(0));
        for (var i = 0; i < 3; i++) await served.PostAsync("/v2/models/m/infer", body);
        await served.PostAsync("/v2/models/m/infer", "{");
        using var response = await served.Client.GetAsync("/metrics");
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n');
        Assert.Contains("""nv_inference_request_success{model="m",version="1"} 3""", lines);
        Assert.Contains("""nv_inference_request_failure{model="m",version="1",reason="OTHER"} 1""", lines);
        Assert.Contains("""nv_inference_request_failure{model="m",version="1",reason="REJECTED"} 0""", lines);
        Assert.Contains("""inference_batch_size_bucket{model="m",version="1",le="1"} 3""", lines);
        Assert.Contains("""inference_request_duration_seconds_bucket{model="m",version="1",le="+Inf"} 3""", lines);
        Assert.Contains("""inference_queue_duration_seconds_count{model="m",version="1"} 3""", lines);
        Assert.All(lines.Where(l => l.Length > 0 && l[0] != '#'), line => Assert.Matches("""^[a-z_]+\{model="m",version="1"(,[a-z]+="[^"]+")*\} [0-9.E+-]+$""", line));
    }

    private static async Task<TcpClient> ConnectAsync(ServedFolder served)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, served.Client.BaseAddress!.Port);
        return client;
    }

    private static async Task<string> IdAsync(ServedFolder served, string id, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("X-Request-Id", id);
        using var response = await served.Client.SendAsync(request);
        return response.Headers.GetValues("X-Request-Id").Single();
    }
}
