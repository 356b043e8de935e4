using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using OnnxPipeline.Inference.Server.Browser;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Inference.Server.Protocol;
using OnnxPipeline.Inference.Server.Teaching;

namespace OnnxPipeline.Inference.Server.Endpoints;

/// <summary>GET /v2/models/{model}/card: what a model says of itself. GET …/file: the model, where the server gives it to the page.</summary>
internal static class CardEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var models = app.ServiceProvider.GetRequiredService<ServedModels>();
        var bundles = app.ServiceProvider.GetRequiredService<TeachingBundles>();
        var options = app.ServiceProvider.GetRequiredService<ServerOptions>();
        ModelRoute.Map(app, HttpMethods.Get, "/card", async (context, name, version) =>
        {
            using var lease = models.Lease(name, version);
            await Json.WriteAsync(context, CardResponse.Of(lease.Model, options, bundles), ServerJson.Default.CardResponse);
        });
        ModelRoute.Map(app, HttpMethods.Get, "/file", async (context, name, version) =>
        {
            using var lease = models.Lease(name, version);
            if (BrowserUse.Of(lease.Model, options).Unavailable is { } why) throw new RequestException(StatusCodes.Status403Forbidden, $"The file of model '{name}' is not given out: {why}.");
            await SendAsync(context, models.Versions(name, lease.Model.Version)[0]);
        });
    }

    /// <summary>The path is the operator's; the request only chose among those served.</summary>
    private static Task SendAsync(HttpContext context, ServedVersion version)
    {
        // The file may be newer than what is loaded; the page would compare two models.
        if (version.Changed || version.Reason.Length > 0 || FileStamp.Of(version.Source.Path) is not { } stamp)
            throw new RequestException(StatusCodes.Status409Conflict, $"The file of model '{version.Source.Name}' is not the one that is served just now; try again later.");
        var tag = new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{stamp.Length:x}-{stamp.Written.Ticks:x}\""));
        return TypedResults.PhysicalFile(Path.GetFullPath(version.Source.Path), "application/octet-stream", entityTag: tag).ExecuteAsync(context);
    }
}
