using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Inference.Server.Protocol;

namespace OnnxPipeline.Inference.Server.Endpoints;

/// <summary>What models there are, and, where the server allows it, loading and unloading them. Source: Triton's model repository extension.</summary>
internal static class RepositoryEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var models = app.ServiceProvider.GetRequiredService<ServedModels>();
        var options = app.ServiceProvider.GetRequiredService<ServerOptions>();
        app.MapPost("/v2/repository/index", async context =>
        {
            var readyOnly = ReadyOnly(await RequestBody.ReadAsync(context, options.MaxBodyBytes));
            IReadOnlyList<IndexEntry> entries = [.. models.All.Where(v => !readyOnly || v.State == ModelState.Ready).Select(Describe)];
            await Json.WriteAsync(context, entries, ServerJson.Default.IReadOnlyListIndexEntry);
        });
        MapControl(app, "load", options, models.Load);
        MapControl(app, "unload", options, models.Unload);
    }

    private static void MapControl(IEndpointRouteBuilder app, string verb, ServerOptions options, Action<string> act) => app.MapPost($"/v2/repository/models/{{model}}/{verb}", async context =>
    {
        if (!options.AllowModelControl) throw new RequestException(StatusCodes.Status403Forbidden, "This server lets no client load or unload models; start it with --model-control to allow that.");
        CheckNoParameters(await RequestBody.ReadAsync(context, options.MaxBodyBytes));
        var model = (string)context.Request.RouteValues["model"]!;
        await Task.Run(() => act(model));
    });

    private static IndexEntry Describe(ServedVersion version) =>
        new(version.Source.Name, version.Source.Version.ToString(CultureInfo.InvariantCulture), version.State.ToString().ToUpperInvariant(), version.Reason) { Adapters = version.Adapters is { Count: > 0 } adapters ? adapters : null };

    private static bool ReadyOnly(ReadOnlyMemory<byte> body) => Read(body, root => JsonFields.Find(root, "ready", "request") switch
    {
        null or { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.True } => true,
        { } other => throw RequestException.BadRequest($"\"ready\" must be true or false, but is {other.ValueKind}."),
    });

    /// <summary>A configuration or a model's bytes in the request would change what is served beyond the repository.</summary>
    private static void CheckNoParameters(ReadOnlyMemory<byte> body) => Read(body, root =>
    {
        if (JsonFields.Find(root, "parameters", "request") is { ValueKind: JsonValueKind.Object } parameters && parameters.EnumerateObject().FirstOrDefault(p => p.Name != "unload_dependents") is { Value.ValueKind: not JsonValueKind.Undefined } parameter)
            throw RequestException.BadRequest($"The parameter '{parameter.Name}' is not taken: models come from the server's own files.");
        return true;
    });

    /// <summary>The body may be left out.</summary>
    private static bool Read(ReadOnlyMemory<byte> body, Func<JsonElement, bool> read) => !body.IsEmpty && RequestJson.Read(body, read);
}
