using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML.OnnxRuntime;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Inference.Server.Protocol;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Inference.Server.Endpoints;

/// <summary>POST /v2/models/{model}/infer: tensors in, tensors out, as JSON.</summary>
internal static class InferEndpoint
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var models = app.ServiceProvider.GetRequiredService<ServedModels>();
        var limit = app.ServiceProvider.GetRequiredService<ServerOptions>().MaxBodyBytes;
        app.MapPost("/v2/models/{model}/infer", async context =>
        {
            var model = models.Find((string)context.Request.RouteValues["model"]!);
            var body = await RequestBody.ReadAsync(context, limit);
            var response = Infer(model, body);
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = response.Length;
            await context.Response.Body.WriteAsync(response, context.RequestAborted);
        });
    }

    private static ReadOnlyMemory<byte> Infer(ServedModel model, ReadOnlyMemory<byte> body)
    {
        using var request = InferRequest.Parse(body, model.Session);
        try
        {
            using var outputs = model.Session.Run(request.InputNames, request.Inputs, request.OutputNames);
            return InferResponse.Write(model.Name, request.Id, request.OutputNames, outputs);
        }
        catch (ImageException exception)
        {
            throw RequestException.BadRequest($"Model '{model.Name}' cannot decode its input: {exception.Message}");
        }
        catch (OnnxRuntimeException exception)
        {
            // Names, types and known sizes have been checked, so what is left is inputs that the graph itself refuses.
            throw RequestException.BadRequest($"Model '{model.Name}' cannot be run on these inputs: {exception.Message}");
        }
    }
}
