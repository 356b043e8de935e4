using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.OpenApi;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Models;

namespace OnnxPipeline.Inference.Server.OpenApi;

/// <summary>GET /openapi/v1.json: the server's interface. It is made when it is asked for, from what is served then.</summary>
internal static class ApiDescription
{
    public const string Path = "/openapi/v1.json";
    private const string Document = "v1";

    public static void Map(IEndpointRouteBuilder app)
    {
        // What makes documents is a container of its own, so that the server starts without it.
        var services = new Lazy<IServiceProvider>(() => Services(app.ServiceProvider));
        app.MapGet(Path, context => SendAsync(context, services.Value));
    }

    private static async Task SendAsync(HttpContext context, IServiceProvider services)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Document).GetOpenApiDocumentAsync(context.RequestAborted);
        using var json = new MemoryStream();
        await document.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_1, context.RequestAborted);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json.GetBuffer().AsMemory(0, (int)json.Length), context.RequestAborted);
    }

    private static ServiceProvider Services(IServiceProvider server)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(server.GetRequiredService<IHostEnvironment>());
        services.AddSingleton(server.GetRequiredService<ServedModels>());
        services.AddSingleton(server.GetRequiredService<ServerOptions>());
        // Without the server's endpoints: these read and write bytes, so that nothing of theirs says what they take. The list of operations does.
        services.AddRouting();
        services.AddOpenApi(Document, options =>
        {
            options.AddDocumentTransformer<DocumentWriter>();
            options.AddSchemaTransformer(Schemas.LeaveOutNulls);
        });
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ServerJson.Default);
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.PropertyNamingPolicy = ServerJson.Default.Options.PropertyNamingPolicy;
        });
        return services.BuildServiceProvider();
    }
}
