using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Server.Tests;

public sealed class EndpointTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task The_server_and_its_model_describe_themselves()
    {
        Assert.True((await server.GetAsync("/v2/health/live")).Body.GetProperty("live").GetBoolean());
        Assert.True((await server.GetAsync("/v2/health/ready")).Body.GetProperty("ready").GetBoolean());
        Assert.Equal("onnx-pipeline", (await server.GetAsync("/v2")).Body.GetProperty("name").GetString());
        Assert.True((await server.GetAsync("/v2/models/brightness/ready")).Body.GetProperty("ready").GetBoolean());
        var (status, model) = await server.GetAsync("/v2/models/brightness");
        Assert.Equal(200, status);
        Assert.Equal("""[{"name":"image","datatype":"UINT8","shape":[-1,1,28,28]}]""", model.GetProperty("inputs").GetRawText());
        Assert.Equal("""[{"name":"probabilities","datatype":"FP32","shape":[-1,3]}]""", model.GetProperty("outputs").GetRawText());
    }

    [Theory]
    [InlineData("image/png")]
    [InlineData("application/octet-stream")]
    [InlineData(null)]
    public async Task An_image_as_the_body_gets_its_class(string? contentType)
    {
        var (status, body) = await server.PostAsync("/predict", TestModels.UniformPng(255), contentType);
        Assert.Equal(200, status);
        Assert.Equal("bright", body.GetProperty("label").GetString());
        var expected = TestModels.Expected(1);
        Assert.Equal(TestModels.Labels, body.GetProperty("probabilities").EnumerateObject().Select(p => p.Name));
        Assert.All(body.GetProperty("probabilities").EnumerateObject().Zip(expected), p => Assert.Equal(p.Second, p.First.Value.GetSingle(), 1e-5));
        Assert.Equal(expected[1], body.GetProperty("probability").GetSingle(), 1e-5);
    }

    [Fact]
    public async Task An_image_in_a_form_gets_its_class()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(TestModels.UniformPng(0)), "image", "../../etc/passwd.png" } };
        var (status, body) = await server.PostAsync("/predict?model=brightness", form);
        Assert.Equal((200, "dark"), (status, body.GetProperty("label").GetString()));
    }

    [Theory]
    [InlineData("not an image", "image/png", 400, "not an image")]
    [InlineData("", "image/png", 400, "empty")]
    [InlineData("{}", "application/json", 415, "application/json")]
    [InlineData("a=b", "application/x-www-form-urlencoded", 415, "multipart/form-data")]
    [InlineData("no boundary", "multipart/form-data", 400, "form")]
    [InlineData("--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"f\"\r\n\r\nhalf", "multipart/form-data; boundary=x", 400, "form")]
    [InlineData("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ntext\r\n--x--\r\n", "multipart/form-data; boundary=x", 400, "no file")]
    public async Task A_bad_image_or_form_is_the_client_s_error(string body, string contentType, int expected, string message)
    {
        var (status, error) = await server.PostAsync("/predict", System.Text.Encoding.ASCII.GetBytes(body), contentType);
        Assert.Equal(expected, status);
        Assert.Contains(message, error.GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_decompression_bomb_is_refused_before_it_is_decoded()
    {
        var bomb = TestImages.Png(50_000, 50_000, 2, 8, []);
        var (status, error) = await server.PostAsync("/predict", bomb, "image/png");
        Assert.Equal(400, status);
        Assert.Contains("50000x50000", error.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("/predict", "image/png")]
    [InlineData("/predict", "multipart/form-data; boundary=x")]
    [InlineData("/v2/models/brightness/infer", "application/json")]
    public async Task A_body_over_the_limit_is_refused_with_413(string path, string contentType)
    {
        Assert.Equal(413, (await server.PostAsync(path, new byte[ServerFixture.BodyLimit + 1], contentType)).Status);
    }

    [Fact]
    public async Task A_body_over_the_limit_without_a_length_is_refused_with_413()
    {
        using var content = new StreamContent(new MemoryStream(new byte[ServerFixture.BodyLimit + 1]));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/predict") { Content = content, Headers = { TransferEncodingChunked = true } };
        using var response = await server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/v2/models/other", 404, "brightness")]
    [InlineData("GET", "/v2/models/other/ready", 404, "brightness")]
    [InlineData("POST", "/predict?model=other", 404, "brightness")]
    [InlineData("POST", "/v2/models/..%2f..%2fetc/infer", 404, "brightness")]
    [InlineData("GET", "/nowhere", 404, "/nowhere")]
    [InlineData("GET", "/../../etc/passwd", 404, "There is nothing")]
    [InlineData("GET", "/predict", 405, "POST")]
    [InlineData("DELETE", "/v2", 405, "GET")]
    public async Task What_does_not_exist_is_an_error_in_json(string method, string path, int expected, string message)
    {
        using var response = await server.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(expected, (int)response.StatusCode);
        Assert.Contains(message, JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsByteArrayAsync()).GetProperty("error").GetString());
    }

    [Fact]
    public async Task With_several_models_a_request_must_name_one()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.File("m.onnx"), TestModels.Brightness());
        await using var app = ServerApp.Build(new ServerOptions { Models = [new("a", folder.File("m.onnx")), new("b", folder.File("m.onnx"))] }, b => b.WebHost.UseTestServer());
        await app.StartAsync();
        await app.Services.GetRequiredService<ServedModels>().Ready;
        using var client = app.GetTestClient();
        using var unnamed = await client.PostAsync("/predict", new ByteArrayContent(TestModels.UniformPng(0)));
        Assert.Equal(HttpStatusCode.BadRequest, unnamed.StatusCode);
        Assert.Contains("a, b", await unnamed.Content.ReadAsStringAsync());
        using var named = await client.PostAsync("/predict?model=b", new ByteArrayContent(TestModels.UniformPng(0)));
        Assert.Equal(HttpStatusCode.OK, named.StatusCode);
    }

    [Fact]
    public async Task A_model_that_cannot_be_loaded_leaves_the_server_live_but_not_ready()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("bad.onnx"), "no model");
        await using var app = ServerApp.Build(new ServerOptions { Models = [new("bad", folder.File("bad.onnx"))] }, b => b.WebHost.UseTestServer());
        await app.StartAsync();
        await Assert.ThrowsAsync<ModelException>(() => app.Services.GetRequiredService<ServedModels>().Ready);
        using var client = app.GetTestClient();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v2/health/live")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/v2/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.PostAsync("/predict", new ByteArrayContent([1]))).StatusCode);
    }

    [Fact]
    public async Task A_model_that_is_no_image_classifier_answers_tensors_and_says_why_not_images()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.File("m.onnx"), TestModels.Brightness(softmax: false));
        await using var app = ServerApp.Build(new ServerOptions { Models = [new("m", folder.File("m.onnx"))] }, b => b.WebHost.UseTestServer());
        await app.StartAsync();
        await app.Services.GetRequiredService<ServedModels>().Ready;
        using var client = app.GetTestClient();
        using var refused = await client.PostAsync("/predict", new ByteArrayContent(TestModels.UniformPng(0)));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("no probabilities", await refused.Content.ReadAsStringAsync());
        using var answered = await client.PostAsync("/v2/models/m/infer", new StringContent(InferTests.Request(InferTests.Flat(0))));
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    [Fact]
    public void Options_that_contradict_themselves_are_refused()
    {
        Assert.Contains("no model", Assert.Throws<ArgumentException>(() => ServerApp.Build(new ServerOptions { Models = [] })).Message);
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => ServerApp.Build(new ServerOptions { Models = [new("a", "x"), new("a", "y")] })).Message);
        Assert.Contains("a/b", Assert.Throws<ArgumentException>(() => ServerApp.Build(new ServerOptions { Models = [new("a/b", "x")] })).Message);
    }
}
