using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Inference.Server.Protocol;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Inference.Server.Endpoints;

/// <summary>
/// POST /predict[?model=NAME]: an image file as the body, or as the file of a multipart form, to its class; for a model of a
/// table, rows as JSON or CSV to their classes or values. GET /predict/input: what the model takes there, for the page's form.
/// </summary>
internal static class PredictEndpoint
{
    private const string Path = "/predict";

    public static void Map(IEndpointRouteBuilder app)
    {
        var models = app.ServiceProvider.GetRequiredService<ServedModels>();
        var limit = app.ServiceProvider.GetRequiredService<ServerOptions>().MaxBodyBytes;
        app.MapPost(Path, context =>
        {
            var model = models.Choose(context.Request.Query["model"]);
            return model switch
            {
                { Images: { } predictor } => AnswerImageAsync(context, model.Name, predictor, limit),
                { Rows: { } predictor } => AnswerRowsAsync(context, model.Name, predictor, limit),
                _ => throw model.Unanswerable,
            };
        });
        app.MapGet($"{Path}/input", context =>
        {
            var model = models.Choose(context.Request.Query["model"]);
            return Json.WriteAsync(context, InputResponse.Of(model), ServerJson.Default.InputResponse);
        });
    }

    private static async Task AnswerImageAsync(HttpContext context, string model, Predictor predictor, int limit)
    {
        var image = await ReadImageAsync(context, limit);
        try
        {
            await Json.WriteAsync(context, PredictResponse.Of(model, predictor.Predict(image.Span)), ServerJson.Default.PredictResponse);
        }
        catch (ImageException exception)
        {
            throw RequestException.BadRequest($"The image cannot be classified: {exception.Message}");
        }
    }

    private static async Task AnswerRowsAsync(HttpContext context, string model, TablePredictor predictor, int limit)
    {
        var csv = TypeOf(context) switch
        {
            "application/json" => false,
            "text/csv" or "text/tab-separated-values" => true,
            var type => throw Unsupported($"Model '{model}' takes rows of a table as application/json or text/csv", type),
        };
        var body = await RequestBody.ReadAsync(context, limit);
        try
        {
            var (rows, single) = csv ? (RowRequest.ReadCsv(body, predictor), false) : RowRequest.ReadJson(body, predictor);
            if (single) await Json.WriteAsync(context, rows[0] with { Model = model }, ServerJson.Default.PredictResponse);
            else await Json.WriteAsync(context, new RowsResponse(model, rows), ServerJson.Default.RowsResponse);
        }
        catch (RowException exception)
        {
            throw RequestException.BadRequest(exception.Message);
        }
    }

    private static Task<ReadOnlyMemory<byte>> ReadImageAsync(HttpContext context, int limit) => TypeOf(context) switch
    {
        "multipart/form-data" => RequestBody.ReadFileAsync(context, limit),
        "" or "application/octet-stream" => RequestBody.ReadAsync(context, limit),
        var type when type.StartsWith("image/", StringComparison.Ordinal) => RequestBody.ReadAsync(context, limit),
        var type => throw Unsupported("/predict takes image/*, application/octet-stream or multipart/form-data", type),
    };

    /// <summary>The content type without its parameters.</summary>
    private static string TypeOf(HttpContext context) => (context.Request.ContentType ?? "").Split(';')[0].Trim().ToLowerInvariant();

    private static RequestException Unsupported(string taken, string type) =>
        new(StatusCodes.Status415UnsupportedMediaType, $"{taken}, but the request's content type is '{type}'.");
}
