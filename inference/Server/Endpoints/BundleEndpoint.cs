using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Inference.Server.Teaching;
using OnnxPipeline.OnDevice;

namespace OnnxPipeline.Inference.Server.Endpoints;

/// <summary>GET /v2/models/{model}/bundle/{file}: a file of the bundle with which the page trains a model in the browser. Nothing comes back to the server.</summary>
internal static class BundleEndpoint
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var models = app.ServiceProvider.GetRequiredService<ServedModels>();
        var bundles = app.ServiceProvider.GetRequiredService<TeachingBundles>();
        ModelRoute.Map(app, HttpMethods.Get, "/bundle/{file}", async (context, name, version) =>
        {
            using var lease = models.Lease(name, version);
            var bundle = Read(bundles, lease.Model.Source) ?? throw new RequestException(StatusCodes.Status404NotFound, $"Model '{name}' has no bundle to be trained with that is given out; start the server with --teach BUNDLE, or with --browser-model and on-device.zip beside the model.");
            var file = (string)context.Request.RouteValues["file"]!;
            // Only what the manifest lists is ever read, so that no address becomes a path.
            if (bundle.Find(file) is not { } bytes) throw new RequestException(StatusCodes.Status404NotFound, $"The bundle of model '{name}' has no file '{file}'; it has {string.Join(", ", bundle.Names)}.");
            await TypedResults.Bytes(bytes, "application/octet-stream", entityTag: new EntityTagHeaderValue($"\"{bundle.Manifest.Id[..16]}-{bytes.Length:x}\"")).ExecuteAsync(context);
        });
    }

    private static BundleFiles? Read(TeachingBundles bundles, ModelSource source)
    {
        try
        {
            return bundles.Find(source);
        }
        catch (OnDeviceException exception)
        {
            throw new RequestException(StatusCodes.Status409Conflict, exception.Message);
        }
    }
}
