using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Server.Tests;

public sealed class CompressionTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Path = "/v2/models/brightness/infer";

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_compressed_request_is_answered(string encoding)
    {
        var (status, body) = await server.PostAsync(Path, Content(Compress(Encoding.UTF8.GetBytes(InferTests.Request(InferTests.Flat(255))), encoding), encoding));
        Assert.Equal(200, status);
        Assert.Equal(TestModels.Expected(1)[1], body.GetProperty("outputs")[0].GetProperty("data")[1].GetSingle(), 1e-5);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task A_response_is_compressed_where_the_client_takes_that(string encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StringContent(InferTests.Request(InferTests.Flat(255))) };
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue(encoding));
        using var response = await server.Client.SendAsync(request);
        Assert.Equal([encoding], response.Content.Headers.ContentEncoding);
        using var stream = Decompress(await response.Content.ReadAsStreamAsync(), encoding);
        Assert.Contains("\"probabilities\"", await new StreamReader(stream).ReadToEndAsync());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_bomb_is_refused_with_413(string encoding)
    {
        var bomb = Compress(new byte[8 << 20], encoding);
        Assert.True(bomb.Length < ServerFixture.BodyLimit);
        Assert.Equal(413, (await server.PostAsync(Path, Content(bomb, encoding))).Status);
        Assert.Equal(413, (await server.PostAsync("/predict", Content(bomb, encoding))).Status);
    }

    [Theory]
    [InlineData("gzip", 400)]
    [InlineData("deflate", 400)]
    [InlineData("br", 400)]
    [InlineData("zstd", 415)]
    [InlineData("gzip, gzip", 415)]
    public async Task What_is_not_compressed_so_is_the_client_s_error(string encoding, int expected) =>
        Assert.Equal(expected, (await server.PostAsync(Path, Content(Encoding.UTF8.GetBytes(InferTests.Request(InferTests.Flat(255))), encoding))).Status);

    private static ByteArrayContent Content(byte[] bytes, string encoding)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        return content;
    }

    private static byte[] Compress(byte[] bytes, string encoding)
    {
        using var compressed = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(compressed, CompressionLevel.Optimal),
            "deflate" => new ZLibStream(compressed, CompressionLevel.Optimal),
            _ => new BrotliStream(compressed, CompressionLevel.Optimal),
        }) stream.Write(bytes);
        return compressed.ToArray();
    }

    private static Stream Decompress(Stream stream, string encoding) =>
        encoding == "gzip" ? new GZipStream(stream, CompressionMode.Decompress) : new ZLibStream(stream, CompressionMode.Decompress);
}
