using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Server.Tests;

/// <summary>Requests of every kind with random damage: the client's error each time, or an answer where the damage left a request.</summary>
public sealed class FuzzTests : IAsyncLifetime
{
    private const int Damaged = 10_000;
    private const int DamagedOnSockets = 400;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Letter[] Letters = [.. Undamaged()];

    private ServedFolder _served = null!;

    public async Task InitializeAsync() => _served = await ServedFolder.StartAsync(Fill);

    public async Task DisposeAsync() => await _served.DisposeAsync();

    [Fact]
    public async Task Undamaged_requests_are_answered()
    {
        foreach (var letter in Letters) Assert.Equal((letter.Path, 200), (letter.Path, await SendAsync(letter)));
    }

    [Fact]
    public async Task Damage_is_the_client_s_error()
    {
        var random = new Random(20);
        var statuses = new Dictionary<int, int>();
        for (var i = 0; i < Damaged; i++)
        {
            var letter = Letters[i % Letters.Length].Damage(random);
            var status = await SendAsync(letter).WaitAsync(Patience);
            Assert.True(status is 200 or (>= 400 and < 500), $"{status} for letter {i}: {letter}");
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
        }
        // The damage is neither so slight that all is answered nor so great that nothing is.
        Assert.InRange(statuses[200], Damaged / 50, Damaged / 2);
        Assert.True(statuses[400] > Damaged / 4);
        foreach (var letter in Letters) Assert.Equal(200, await SendAsync(letter));
    }

    [Fact]
    public async Task Damage_to_the_bytes_on_the_wire_never_hangs_the_server()
    {
        await using var served = await ServedFolder.StartAsync(Fill, socket: true);
        var random = new Random(21);
        for (var i = 0; i < DamagedOnSockets; i++)
        {
            var bytes = Letters[i % Letters.Length].ToBytes();
            Letter.Scribble(bytes.AsSpan(0, Math.Min(bytes.Length, 300)), random);
            if (random.Next(3) == 0) bytes = bytes[..random.Next(bytes.Length)];
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, served.Client.BaseAddress!.Port);
            using var patience = new CancellationTokenSource(Patience);
            var answer = await ExchangeAsync(client, bytes, patience.Token);
            // It may hang up on what is no request; it may not fail.
            Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal) || answer.StartsWith("HTTP/1.1 505", StringComparison.Ordinal), $"letter {i}: {answer}");
        }
        Assert.Equal(200, (await served.GetAsync("/v2/health/ready")).Status);
    }

    private static async Task<string> ExchangeAsync(TcpClient client, byte[] bytes, CancellationToken cancellation)
    {
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync(bytes, cancellation);
            client.Client.Shutdown(SocketShutdown.Send);
            return await new StreamReader(stream).ReadToEndAsync(cancellation);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return ""; // The server has hung up while it was still told more.
        }
    }

    private async Task<int> SendAsync(Letter letter)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, letter.Path) { Content = new ByteArrayContent(letter.Body) };
        foreach (var (name, value) in letter.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content.Headers.TryAddWithoutValidation(name, value);
        }
        using var response = await _served.Client.SendAsync(request);
        return (int)response.StatusCode;
    }

    private static void Fill(ServedFolderFiles files)
    {
        files.Put("image/1", TestModels.Brightness());
        files.Put("table/1", TestTables.Model());
    }

    private static IEnumerable<Letter> Undamaged()
    {
        const string json = "application/json";
        var rows = """{"rows": [{"age": 30, "colour": "red", "member": true, "since": "2001-05-06"}, {"age": null, "colour": "blue", "member": "n", "since": "?"}]}""";
        var binary = BinaryInferTests.Json(784, """
            "id":"x","parameters":{"binary_data_output":true,"timeout":5000000},"outputs":[{"name":"probabilities","parameters":{"classification":2}}],
            """);
        yield return Of("/v2/models/image/infer", InferTests.Request(InferTests.Flat(7)), ("Content-Type", json));
        yield return new Letter("/v2/models/image/infer", [.. Encoding.UTF8.GetBytes(binary), .. TestModels.Uniform(7)], ("Inference-Header-Content-Length", binary.Length.ToString(CultureInfo.InvariantCulture)), ("Content-Type", "application/octet-stream"));
        yield return Of("/v2/models/table/versions/1/infer", """{"inputs":[{"name":"age","datatype":"FP32","shape":[1,1],"data":[30]},{"name":"member","datatype":"FP32","shape":[1,1],"data":[1]},{"name":"since.year","datatype":"FP32","shape":[1,1],"data":[[2001]]},{"name":"colour","datatype":"BYTES","shape":[1,1],"data":["red"]}]}""", ("Content-Type", json));
        yield return new Letter("/predict?model=image", TestModels.UniformPng(200), ("Content-Type", "image/png"));
        yield return new Letter("/predict?model=image", [.. Encoding.ASCII.GetBytes("--cut\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"), .. TestModels.UniformPng(9), .. "\r\n--cut--\r\n"u8], ("Content-Type", "multipart/form-data; boundary=cut"));
        yield return Of("/predict?model=table", rows, ("Content-Type", json));
        yield return Of("/predict?model=table", "age;colour;member;since\n30;red;yes;2001-05-06\n;\"Größe, \"\"x\"\"\";;\n", ("Content-Type", "text/csv"));
        yield return Of("/v2/repository/index", """{"ready": true}""", ("Content-Type", json));
    }

    private static Letter Of(string path, string body, params (string, string)[] headers) => new(path, Encoding.UTF8.GetBytes(body), headers);
}
