using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Inference.Server.Protocol;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Inference.Server.Endpoints;

/// <summary>POST /predict[?model=NAME]: an image file as the body, or as the file of a multipart form, to its class.</summary>
internal static class PredictEndpoint
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var models = app.ServiceProvider.GetRequiredService<ServedModels>();
        var limit = app.ServiceProvider.GetRequiredService<ServerOptions>().MaxBodyBytes;
        app.MapPost("/predict", async context =>
        {
            var model = models.Choose(context.Request.Query["model"]);
            var predictor = model.Predictor;
            var image = await ReadImageAsync(context, limit);
            var prediction = Predict(predictor, image);
            var byLabel = new OrderedDictionary<string, float>(prediction.Labels.Count);
            for (var i = 0; i < prediction.Labels.Count; i++) byLabel.Add(prediction.Labels[i], prediction.Probabilities[i]);
            await Json.WriteAsync(context, new PredictResponse(model.Name, prediction.Top.Label, prediction.Top.Probability, byLabel), ServerJson.Default.PredictResponse);
        });
    }

    private static Task<ReadOnlyMemory<byte>> ReadImageAsync(HttpContext context, int limit)
    {
        var type = context.Request.ContentType ?? "";
        if (type.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase)) return RequestBody.ReadFileAsync(context, limit);
        if (type.Length == 0 || type.StartsWith("image/", StringComparison.OrdinalIgnoreCase) || type.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase))
            return RequestBody.ReadAsync(context, limit);
        throw new RequestException(StatusCodes.Status415UnsupportedMediaType, $"/predict takes image/*, application/octet-stream or multipart/form-data, but the request's content type is '{type}'.");
    }

    private static Prediction Predict(Predictor predictor, ReadOnlyMemory<byte> image)
    {
        try
        {
            return predictor.Predict(image.Span);
        }
        catch (ImageException exception)
        {
            throw RequestException.BadRequest($"The image cannot be classified: {exception.Message}");
        }
    }
}
