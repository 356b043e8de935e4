using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OnnxPipeline.Inference.Server.Batching;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Inference.Server.Protocol;

namespace OnnxPipeline.Inference.Server.Endpoints;

/// <summary>POST /v2/models/{model}/infer: tensors in, tensors out, as JSON or with their bytes after it.</summary>
internal static class InferEndpoint
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var models = app.ServiceProvider.GetRequiredService<ServedModels>();
        var options = app.ServiceProvider.GetRequiredService<ServerOptions>();
        ModelRoute.Map(app, HttpMethods.Post, "/infer", async (context, name, version) =>
        {
            using var lease = models.Lease(name, version);
            await ModelCall.RunAsync(context, lease.Model, () => AnswerAsync(context, lease.Model, options));
        });
    }

    private static async Task<int> AnswerAsync(HttpContext context, ServedModel model, ServerOptions options)
    {
        var body = await RequestBody.ReadAsync(context, options.MaxBodyBytes);
        using var request = InferRequest.Parse(BinarySections.Split(body, context.Request.Headers), model.Session, options.MaxTensorBytes);
        var adapter = model.AdapterOf(request.Adapter);
        using var work = new TensorWork(model.Session, request.Inputs, [.. request.Outputs.Select(o => o.Name)], model.MaxBatch, model.Statistics, adapter);
        await model.Queue.RunAsync(work, request.Timeout, context.RequestAborted);
        var response = new InferResponse(model, request, work.Outputs);
        await response.SendAsync(context);
        return work.Samples;
    }
}
