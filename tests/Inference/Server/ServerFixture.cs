using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Tests;

namespace OnnxPipeline.Inference.Server.Tests;

/// <summary>A server in memory with the model "brightness"; its body limit is 1 MB.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    public const string Model = "brightness";
    public const int BodyLimit = 1 << 20;
    private readonly TempFolder _folder = new();
    private WebApplication? _app;

    public HttpClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var path = _folder.File("model.onnx");
        await File.WriteAllBytesAsync(path, TestModels.Brightness());
        _app = ServerApp.Build(new ServerOptions { Models = [new ServedModelOptions(Model, path)], MaxBodyBytes = BodyLimit }, builder => builder.WebHost.UseTestServer());
        await _app.StartAsync();
        await _app.Services.GetRequiredService<ServedModels>().Ready;
        Client = _app.GetTestClient();
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await _app!.DisposeAsync();
        _folder.Dispose();
    }

    public async Task<(int Status, JsonElement Body)> GetAsync(string path)
    {
        using var response = await Client.GetAsync(path);
        return ((int)response.StatusCode, await ReadAsync(response));
    }

    public async Task<(int Status, JsonElement Body)> PostAsync(string path, string json) =>
        await PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));

    public async Task<(int Status, JsonElement Body)> PostAsync(string path, byte[] bytes, string? contentType)
    {
        var content = new ByteArrayContent(bytes);
        if (contentType is not null) content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return await PostAsync(path, content);
    }

    public async Task<(int Status, JsonElement Body)> PostAsync(string path, HttpContent content)
    {
        using var response = await Client.PostAsync(path, content);
        return ((int)response.StatusCode, await ReadAsync(response));
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsByteArrayAsync());
    }
}
