using System.Text;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Server.Tests;

public sealed class InferTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Path = "/v2/models/brightness/infer";

    [Fact]
    public async Task Flat_and_nested_data_give_the_probabilities_of_the_model()
    {
        foreach (var data in new[] { Flat(255), Nested(255) })
        {
            var (status, body) = await server.PostAsync(Path, Request(data, extra: "\"id\":\"42\","));
            Assert.Equal(200, status);
            Assert.Equal("brightness", body.GetProperty("model_name").GetString());
            Assert.Equal("42", body.GetProperty("id").GetString());
            var output = body.GetProperty("outputs")[0];
            Assert.Equal(("probabilities", "FP32", "[1,3]"), (output.GetProperty("name").GetString(), output.GetProperty("datatype").GetString(), output.GetProperty("shape").GetRawText()));
            Assert.All(output.GetProperty("data").EnumerateArray().Zip(TestModels.Expected(1)), p => Assert.Equal(p.Second, p.First.GetSingle(), 1e-5));
        }
    }

    [Fact]
    public async Task A_batch_and_requested_outputs_are_answered()
    {
        var data = $"[{string.Join(',', Enumerable.Repeat("0", 784).Concat(Enumerable.Repeat("255", 784)))}]";
        var (status, body) = await server.PostAsync(Path, Request(data, "[2,1,28,28]", extra: "\"outputs\":[{\"name\":\"probabilities\"}],"));
        Assert.Equal(200, status);
        Assert.Equal("[2,3]", body.GetProperty("outputs")[0].GetProperty("shape").GetRawText());
        Assert.False(body.TryGetProperty("id", out _));
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "JSON object")]
    [InlineData("null", "JSON object")]
    [InlineData("{}", "\"inputs\"")]
    [InlineData("""{"inputs":{}}""", "must be an array")]
    [InlineData("""{"inputs":[]}""", "'image' is missing")]
    [InlineData("""{"inputs":[1]}""", "must be a JSON object")]
    [InlineData("""{"inputs":[{"name":1}]}""", "must be a string")]
    [InlineData("""{"inputs":[{"name":"pixels"}]}""", "its inputs are image")]
    [InlineData("""{"inputs":[{"name":"image"}]}""", "datatype")]
    [InlineData("""{"inputs":[{"name":"image","datatype":"FP32","shape":[1,1,28,28],"data":[]}]}""", "the model takes UINT8")]
    [InlineData("""{"inputs":[{"name":"image","datatype":"UINT8","shape":[1,1,28],"data":[]}]}""", "[-1,1,28,28]")]
    [InlineData("""{"inputs":[{"name":"image","datatype":"UINT8","shape":[1,1,28,27],"data":[]}]}""", "[-1,1,28,28]")]
    [InlineData("""{"inputs":[{"name":"image","datatype":"UINT8","shape":[0,1,28,28],"data":[]}]}""", "no sample")]
    [InlineData("""{"inputs":[{"name":"image","datatype":"UINT8","shape":[-1,1,28,28],"data":[]}]}""", "whole numbers from 0")]
    [InlineData("""{"inputs":[{"name":"image","datatype":"UINT8","shape":[1.5,1,28,28],"data":[]}]}""", "whole numbers from 0")]
    [InlineData("""{"inputs":[{"name":"image","datatype":"UINT8","shape":[1e99,1,28,28],"data":[]}]}""", "whole numbers from 0")]
    [InlineData("""{"inputs":[{"name":"image","datatype":"UINT8","shape":[9223372036854775807,1,28,28],"data":[1]}]}""", "its data has 1")]
    [InlineData("""{"inputs":[{"name":"image","datatype":"UINT8","shape":[1,1,28,28],"data":"AAAA"}]}""", "must be an array")]
    [InlineData("""{"inputs":[{"name":"image","datatype":"UINT8","shape":[1,1,28,28],"data":[[[[1]]]]}]}""", "axis 2")]
    [InlineData("""{"id":7,"inputs":[]}""", "id must be a string")]
    [InlineData("""{"inputs":[],"outputs":[{"name":"logits"}]}""", "its outputs are probabilities")]
    public async Task A_malformed_request_is_the_client_s_error(string json, string message)
    {
        var (status, body) = await server.PostAsync(Path, json);
        Assert.Equal(400, status);
        Assert.Contains(message, body.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("256")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("1e400")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("\"1\"")]
    [InlineData("[1]")]
    [InlineData("{}")]
    public async Task An_element_that_is_no_uint8_is_refused(string element)
    {
        var data = $"[{string.Join(',', Enumerable.Repeat("0", 783).Append(element))}]";
        var (status, body) = await server.PostAsync(Path, Request(data));
        Assert.Equal(400, status);
        Assert.Contains("783", body.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Deep_nesting_is_refused() =>
        Assert.Equal(400, (await server.PostAsync(Path, Request(new string('[', 5000) + new string(']', 5000)))).Status);

    [Fact]
    public async Task Concurrent_requests_get_their_own_answers()
    {
        await Parallel.ForAsync(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            var (_, body) = await server.PostAsync(Path, Request(Flat((byte)(i * 4)), extra: $"\"id\":\"{i}\","));
            Assert.Equal($"{i}", body.GetProperty("id").GetString());
            Assert.Equal(TestModels.Expected(i * 4 / 255.0)[0], body.GetProperty("outputs")[0].GetProperty("data")[0].GetSingle(), 1e-5);
        });
    }

    internal static string Flat(byte value) => $"[{string.Join(',', Enumerable.Repeat(value, 784))}]";

    internal static string Request(string data, string shape = "[1,1,28,28]", string extra = "") =>
        $$"""{{{extra}}"inputs":[{"name":"image","datatype":"UINT8","shape":{{shape}},"data":{{data}}}]}""";

    private static string Nested(byte value)
    {
        var row = $"[{string.Join(',', Enumerable.Repeat(value, 28))}]";
        return $"[[[{string.Join(',', Enumerable.Repeat(row, 28))}]]]";
    }
}
