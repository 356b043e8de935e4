using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Inference.Server.Protocol;

namespace OnnxPipeline.Inference.Server.Endpoints;

/// <summary>Live: the process answers. Ready: every model, or the one asked for, is loaded and warm, and the server is not about to stop; 503 otherwise.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var models = app.ServiceProvider.GetRequiredService<ServedModels>();
        var drain = app.ServiceProvider.GetRequiredService<Drain>();
        app.MapGet("/v2/health/live", context => Json.WriteAsync(context, new LiveResponse(true), ServerJson.Default.LiveResponse));
        app.MapGet("/v2/health/ready", context => WriteAsync(context, null, models.IsReady && !drain.IsDraining));
        ModelRoute.Map(app, HttpMethods.Get, "/ready", (context, name, version) =>
            WriteAsync(context, name, !drain.IsDraining && models.Versions(name, version).Any(v => v.State == ModelState.Ready)));
    }

    private static Task WriteAsync(HttpContext context, string? model, bool ready) =>
        Json.WriteAsync(context, new ReadyResponse(model, ready), ServerJson.Default.ReadyResponse, ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}
