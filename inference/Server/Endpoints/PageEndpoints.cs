using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using OnnxPipeline.Inference.Server.Browser;

namespace OnnxPipeline.Inference.Server.Endpoints;

/// <summary>The web page at /, from resources inside the assembly, and onnxruntime-web for it: what may be asked for is listed, and no address becomes a path.</summary>
internal static class PageEndpoints
{
    public const string Folder = "/page";
    public const string RuntimeFolder = "/runtime";

    /// <summary>The page's modules and its style.</summary>
    public static IReadOnlyList<string> Parts { get; } =
        ["page.css", "page.js", "answers.js", "api.js", "bars.js", "batch.js", "browser.js", "card.js", "center.js", "csv.js", "dom.js", "draw.js", "histogram.js", "images.js", "key.js", "metrics.js", "models.js", "on-device.js", "pixels.js", "row.js", "sparkline.js", "teach.js", "teach-examples.js", "teach-training.js"];

    public static void Map(IEndpointRouteBuilder app)
    {
        MapResource(app, "/", "index.html", "text/html; charset=utf-8");
        foreach (var part in Parts) MapResource(app, $"{Folder}/{part}", part, part.EndsWith(".css", StringComparison.Ordinal) ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8");
        if (!BrowserRuntime.IsInstalled) return;
        foreach (var (name, contentType) in BrowserRuntime.Files)
        {
            var path = BrowserRuntime.PathOf(name);
            // The tag of a physical file would be of our making; its time is enough for a browser to ask again without fetching again.
            app.MapGet($"{RuntimeFolder}/{name}", context => Send(context, TypedResults.PhysicalFile(path, contentType, lastModified: File.GetLastWriteTimeUtc(path))));
        }
    }

    /// <summary>Whether an address is of the page itself, which holds no secret and must be there to ask for a key.</summary>
    public static bool Holds(PathString path) => path == "/" || path.StartsWithSegments(Folder) || path.StartsWithSegments(RuntimeFolder);

    private static void MapResource(IEndpointRouteBuilder app, string path, string resource, string contentType)
    {
        var file = new Lazy<(byte[] Bytes, EntityTagHeaderValue Tag)>(() => Read(resource));
        app.MapGet(path, context => Send(context, TypedResults.Bytes(file.Value.Bytes, contentType, entityTag: file.Value.Tag)));
    }

    private static Task Send(HttpContext context, IResult file)
    {
        // Asked for anew each time, so that a newer server never meets an older page; what has not changed is not sent again.
        context.Response.Headers.CacheControl = "no-cache";
        return file.ExecuteAsync(context);
    }

    private static (byte[] Bytes, EntityTagHeaderValue Tag) Read(string name)
    {
        using var stream = typeof(PageEndpoints).Assembly.GetManifestResourceStream($"Page/{name}")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return (bytes, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes)[..8])}\""));
    }
}
