using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Inference.Server.Protocol;

namespace OnnxPipeline.Inference.Server.Endpoints;

/// <summary>What the server is; what a model takes and gives, where -1 is an axis of any size; how it is run, and what became of the requests to it.</summary>
internal static class MetadataEndpoints
{
    internal const string Platform = "onnxruntime_onnx";

    private static readonly string[] Extensions = ["classification", "model_configuration", "model_repository", "binary_tensor_data", "statistics", "schedule_policy"];

    public static void Map(IEndpointRouteBuilder app)
    {
        var models = app.ServiceProvider.GetRequiredService<ServedModels>();
        app.MapGet("/v2", context => Json.WriteAsync(context, new ServerMetadata(ServerApp.Name, ServerApp.Version, Extensions), ServerJson.Default.ServerMetadata));
        ModelRoute.Map(app, HttpMethods.Get, "", async (context, name, version) =>
        {
            using var lease = models.Lease(name, version);
            string[] versions = [.. models.Versions(name).Select(v => v.Source.Version.ToString(CultureInfo.InvariantCulture))];
            await Json.WriteAsync(context, new ModelMetadata(name, versions, Platform, Describe(lease.Model.Session.Inputs), Describe(lease.Model.Session.Outputs)) { Adapters = lease.Model.Session.Adapters is { Count: > 0 } adapters ? adapters : null }, ServerJson.Default.ModelMetadata);
        });
        ModelRoute.Map(app, HttpMethods.Get, "/config", async (context, name, version) =>
        {
            using var lease = models.Lease(name, version);
            await Json.WriteAsync(context, ModelConfig.Of(lease.Model), ServerJson.Default.ModelConfig);
        });
        ModelRoute.Map(app, HttpMethods.Get, "/stats", (context, name, version) => WriteStatisticsAsync(context, models.Versions(name, version)));
        app.MapGet("/v2/models/stats", context => WriteStatisticsAsync(context, models.All));
    }

    private static Task WriteStatisticsAsync(HttpContext context, IReadOnlyList<ServedVersion> versions) =>
        Json.WriteAsync(context, StatisticsResponse.Of(versions), ServerJson.Default.StatisticsResponse);

    private static IReadOnlyList<TensorMetadata> Describe(IReadOnlyList<TensorSpec> specs) =>
        [.. specs.Select(spec => new TensorMetadata(spec.Name, DataTypes.NameOf(spec.ElementType), spec.Shape))];
}
