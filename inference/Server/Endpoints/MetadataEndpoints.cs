using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Inference.Server.Protocol;

namespace OnnxPipeline.Inference.Server.Endpoints;

/// <summary>What the server is, and what a model takes and gives; -1 is an axis of any size.</summary>
internal static class MetadataEndpoints
{
    private const string Platform = "onnxruntime_onnx";

    public static void Map(IEndpointRouteBuilder app)
    {
        var models = app.ServiceProvider.GetRequiredService<ServedModels>();
        app.MapGet("/v2", context => Json.WriteAsync(context, new ServerMetadata(ServerApp.Name, ServerApp.Version, []), ServerJson.Default.ServerMetadata));
        app.MapGet("/v2/models/{model}", context =>
        {
            var model = models.Find((string)context.Request.RouteValues["model"]!);
            return Json.WriteAsync(context, new ModelMetadata(model.Name, ["1"], Platform, Describe(model.Session.Inputs), Describe(model.Session.Outputs)), ServerJson.Default.ModelMetadata);
        });
    }

    private static IReadOnlyList<TensorMetadata> Describe(IReadOnlyList<TensorSpec> specs) =>
        [.. specs.Select(spec => new TensorMetadata(spec.Name, DataTypes.NameOf(spec.ElementType), spec.Shape))];
}
