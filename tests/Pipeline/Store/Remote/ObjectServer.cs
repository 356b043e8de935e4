using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OnnxPipeline.Pipeline.Tests.Store.Remote;

/// <summary>A server of files in memory, by GET with ranges, HEAD and PUT, that does wrong what a test says.</summary>
internal sealed class ObjectServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _requests = new();

    private ObjectServer(WebApplication app) => _app = app;

    public string Address { get; private set; } = "";

    /// <summary>What it holds, by path below the address.</summary>
    public ConcurrentDictionary<string, byte[]> Objects { get; } = new();

    /// <summary>Requests so far, for example "GET stages/….json".</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>Asked first of every request; true when it has answered it.</summary>
    public Func<HttpContext, Task<bool>> Fault { get; set; } = _ => Task.FromResult(false);

    public static async Task<ObjectServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(options => options.Limits.MaxRequestBodySize = null);
        var server = new ObjectServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        server.Address = $"{server._app.Urls.First()}/store";
        return server;
    }

    /// <summary>The path below the address.</summary>
    public static string PathOf(HttpContext context) => context.Request.Path.Value!["/store/".Length..];

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = PathOf(context);
        _requests.Enqueue($"{context.Request.Method} {path}");
        if (await Fault(context)) return;
        if (HttpMethods.IsPut(context.Request.Method))
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            Objects[path] = body.ToArray();
            context.Response.StatusCode = StatusCodes.Status201Created;
        }
        else if (Objects.TryGetValue(path, out var content))
        {
            await SendAsync(context, content);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private static async Task SendAsync(HttpContext context, byte[] content)
    {
        var from = 0;
        if (context.Request.GetTypedHeaders().Range?.Ranges.Single().From is { } start)
        {
            from = (int)start;
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{content.Length - 1}/{content.Length}");
        }
        context.Response.ContentLength = content.Length - from;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(content.AsMemory(from));
    }
}
