using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Server.Tests;

public sealed class BinaryInferTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Path = "/v2/models/brightness/infer";
    private const string LengthHeader = "Inference-Header-Content-Length";

    [Fact]
    public async Task Bytes_in_and_out_give_the_probabilities_of_the_model()
    {
        var json = Json(784, """
            "id":"a","parameters":{"binary_data_output":true},
            """);
        var (status, headers, body) = await SendAsync(json, TestModels.Uniform(255));
        Assert.Equal(200, status);
        var length = int.Parse(headers.GetValues(LengthHeader).Single());
        var answer = JsonSerializer.Deserialize<JsonElement>(body.AsSpan(0, length));
        Assert.Equal("a", answer.GetProperty("id").GetString());
        var output = answer.GetProperty("outputs")[0];
        Assert.False(output.TryGetProperty("data", out _));
        Assert.Equal(12, output.GetProperty("parameters").GetProperty("binary_data_size").GetInt32());
        Assert.All(MemoryMarshal.Cast<byte, float>(body.AsSpan(length)).ToArray().Zip(TestModels.Expected(1)), p => Assert.Equal(p.Second, p.First, 1e-5));
    }

    [Fact]
    public async Task An_output_may_overrule_the_request()
    {
        var json = Json(784, """
            "parameters":{"binary_data_output":true},"outputs":[{"name":"probabilities","parameters":{"binary_data":false}}],
            """);
        var (status, headers, body) = await SendAsync(json, TestModels.Uniform(255));
        Assert.Equal(200, status);
        Assert.False(headers.Contains(LengthHeader));
        Assert.Equal(3, JsonSerializer.Deserialize<JsonElement>(body).GetProperty("outputs")[0].GetProperty("data").GetArrayLength());
    }

    [Fact]
    public async Task Classes_are_named_largest_first()
    {
        var (status, _, body) = await SendAsync(Json(784, """
            "outputs":[{"name":"probabilities","parameters":{"classification":2}}],
            """), TestModels.Uniform(255));
        Assert.Equal(200, status);
        var output = JsonSerializer.Deserialize<JsonElement>(body).GetProperty("outputs")[0];
        Assert.Equal(("BYTES", "[1,2]"), (output.GetProperty("datatype").GetString(), output.GetProperty("shape").GetRawText()));
        var parts = output.GetProperty("data").EnumerateArray().Select(e => e.GetString()!.Split(':')).ToArray();
        Assert.Equal(["bright", "middle"], parts.Select(p => p[2]));
        Assert.Equal(["1", "2"], parts.Select(p => p[1]));
        Assert.Equal(TestModels.Expected(1)[1], float.Parse(parts[0][0], System.Globalization.CultureInfo.InvariantCulture), 1e-5);
    }

    [Fact]
    public async Task Classes_as_bytes_have_their_lengths_before_them()
    {
        var (_, headers, body) = await SendAsync(Json(784, """
            "outputs":[{"name":"probabilities","parameters":{"classification":9,"binary_data":true}}],
            """), TestModels.Uniform(0));
        var rest = body.AsSpan(int.Parse(headers.GetValues(LengthHeader).Single()));
        var names = new List<string>();
        while (rest.Length > 0)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
            names.Add(Encoding.UTF8.GetString(rest.Slice(4, length)).Split(':')[2]);
            rest = rest[(4 + length)..];
        }
        Assert.Equal(["dark", "middle", "bright"], names);
    }

    [Theory]
    [InlineData(784, 783, "783 bytes are left")]
    [InlineData(784, 785, "goes on for 1 bytes")]
    [InlineData(783, 783, "takes 784 bytes")]
    [InlineData(785, 785, "takes 784 bytes")]
    [InlineData(0, 0, "takes 784 bytes")]
    public async Task Sections_that_are_too_short_or_long_are_the_client_s_error(int stated, int sent, string message)
    {
        var (status, _, body) = await SendAsync(Json(stated), new byte[sent]);
        Assert.Equal(400, status);
        Assert.Contains(message, Encoding.UTF8.GetString(body));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("1e99")]
    [InlineData("9223372036854775808")]
    [InlineData("true")]
    [InlineData("\"784\"")]
    public async Task A_size_that_is_none_is_the_client_s_error(string size) => Assert.Equal(400, (await SendAsync(Json(0).Replace("\"binary_data_size\":0", $"\"binary_data_size\":{size}", StringComparison.Ordinal), new byte[784])).Status);

    [Theory]
    [InlineData("-1")]
    [InlineData("99999999")]
    [InlineData("99999999999999999999")]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("+1")]
    [InlineData("1,2")]
    public async Task A_header_that_is_no_length_of_the_body_is_the_client_s_error(string header) => Assert.Equal(400, (await SendAsync(Json(784), new byte[784], header)).Status);

    [Fact]
    public async Task Bytes_without_the_header_are_the_client_s_error()
    {
        var (status, body) = await server.PostAsync(Path, Json(784));
        Assert.Equal(400, status);
        Assert.Contains(LengthHeader, body.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Shared_memory_and_data_given_twice_are_refused()
    {
        Assert.Equal(400, (await SendAsync(Json(784).Replace("\"binary_data_size\":784", "\"shared_memory_region\":\"x\"", StringComparison.Ordinal), new byte[784])).Status);
        Assert.Equal(400, (await SendAsync(Json(784).Replace("\"parameters\"", "\"data\":[],\"parameters\"", StringComparison.Ordinal), new byte[784])).Status);
    }

    [Fact]
    public async Task A_tensor_beyond_the_limit_is_refused_before_it_is_made()
    {
        await using var small = await ServedFolder.StartAsync(files => files.Put("m/1", TestModels.Brightness()), options => options with { MaxTensorBytes = 1000 });
        Assert.Equal(413, (await small.PostAsync("/v2/models/m/infer", InferTests.Request($"[{string.Join(',', Enumerable.Repeat(0, 1568))}]", "[2,1,28,28]"))).Status);
        Assert.Equal(200, (await small.PostAsync("/v2/models/m/infer", InferTests.Request(InferTests.Flat(0)))).Status);
    }

    internal static string Json(int size, string extra = "") =>
        $$"""{{{extra}}"inputs":[{"name":"image","datatype":"UINT8","shape":[1,1,28,28],"parameters":{"binary_data_size":{{size}} } }]}""";

    private async Task<(int Status, System.Net.Http.Headers.HttpResponseHeaders Headers, byte[] Body)> SendAsync(string json, byte[] bytes, string? length = null)
    {
        using var content = new ByteArrayContent([.. Encoding.UTF8.GetBytes(json), .. bytes]);
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = content };
        request.Headers.TryAddWithoutValidation(LengthHeader, length ?? $"{Encoding.UTF8.GetByteCount(json)}");
        using var response = await server.Client.SendAsync(request);
        return ((int)response.StatusCode, response.Headers, await response.Content.ReadAsByteArrayAsync());
    }
}
