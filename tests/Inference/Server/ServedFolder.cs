using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Tests;
using OnnxPipeline.Training.Bundles;

namespace OnnxPipeline.Inference.Server.Tests;

/// <summary>A server with a folder of models of its own, in memory or on a real socket; disposed with it.</summary>
internal sealed class ServedFolder : IAsyncDisposable
{
    private readonly TempFolder _folder;

    private ServedFolder(TempFolder folder, WebApplication app, HttpClient client) => (_folder, App, Client) = (folder, app, client);

    public WebApplication App { get; }

    public HttpClient Client { get; }

    public ServedModels Models => App.Services.GetRequiredService<ServedModels>();

    /// <param name="fill">Puts models into the folder, by NAME/VERSION.</param>
    /// <param name="change">Changes the options; files are looked at only when a test says so.</param>
    /// <param name="socket">Whether to listen on a real socket.</param>
    public static async Task<ServedFolder> StartAsync(Action<ServedFolderFiles> fill, Func<ServerOptions, ServerOptions>? change = null, bool socket = false)
    {
        var folder = new TempFolder();
        fill(new ServedFolderFiles(folder.Path));
        var options = new ServerOptions { Repository = folder.Path, PollInterval = TimeSpan.Zero, Listen = new(System.Net.IPAddress.Loopback, 0) };
        var app = ServerApp.Build(change?.Invoke(options) ?? options, builder =>
        {
            if (!socket) builder.WebHost.UseTestServer();
        });
        await app.StartAsync();
        await app.Services.GetRequiredService<ServedModels>().Ready;
        return new ServedFolder(folder, app, socket ? new HttpClient { BaseAddress = new Uri(app.Urls.First()) } : app.GetTestClient());
    }

    public ServedFolderFiles Files => new(_folder.Path);

    public async Task<(int Status, JsonElement Body)> GetAsync(string path)
    {
        using var response = await Client.GetAsync(path);
        return ((int)response.StatusCode, await ReadAsync(response));
    }

    public async Task<(int Status, JsonElement Body)> PostAsync(string path, string body = "")
    {
        using var response = await Client.PostAsync(path, new StringContent(body));
        return ((int)response.StatusCode, await ReadAsync(response));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync();
        return bytes.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(bytes);
    }
}

/// <summary>A repository's files.</summary>
internal sealed record ServedFolderFiles(string Folder)
{
    /// <summary>Writes NAME/VERSION/model.onnx.</summary>
    public void Put(string version, byte[] model) => Write(PathOf(version), model);

    /// <summary>Writes NAME/VERSION/on-device.zip.</summary>
    public void PutBundle(string version, Bundle bundle) => bundle.Save(Path.Combine(Folder, version, "on-device.zip"));

    /// <summary>Writes a model's config.pbtxt.</summary>
    public void Configure(string model, string text) => Write(Path.Combine(Folder, model, "config.pbtxt"), System.Text.Encoding.UTF8.GetBytes(text));

    public void Remove(string version) => Directory.Delete(Path.GetDirectoryName(PathOf(version))!, recursive: true);

    /// <summary>With a time that differs from that of what was there.</summary>
    private static void Write(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var before = File.Exists(path) ? File.GetLastWriteTimeUtc(path) : DateTime.UtcNow;
        File.WriteAllBytes(path, bytes);
        File.SetLastWriteTimeUtc(path, before.AddSeconds(2));
    }

    private string PathOf(string version) => Path.Combine(Folder, version, "model.onnx");
}
