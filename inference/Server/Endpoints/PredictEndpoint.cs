using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OnnxPipeline.Inference.Server.Batching;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Models;
using OnnxPipeline.Inference.Server.Protocol;
using OnnxPipeline.Inference.Tables;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Inference.Server.Endpoints;

/// <summary>
/// POST /predict[?model=NAME[&amp;version=N][&amp;adapter=NAME]]: an image file as the body, or as the file of a multipart form, to its class; for a model of a
/// table, rows as JSON or CSV to their classes or values. GET /predict/input: what the model takes there, for the page's form.
/// </summary>
internal static class PredictEndpoint
{
    private const string Path = "/predict";

    public static void Map(IEndpointRouteBuilder app)
    {
        var models = app.ServiceProvider.GetRequiredService<ServedModels>();
        var limit = app.ServiceProvider.GetRequiredService<ServerOptions>().MaxBodyBytes;
        app.MapPost(Path, context => AnswerAsync(context, models, limit));
        app.MapGet($"{Path}/input", async context =>
        {
            using var lease = Choose(context, models);
            await Json.WriteAsync(context, InputResponse.Of(lease.Model), ServerJson.Default.InputResponse);
        });
    }

    private static ModelLease Choose(HttpContext context, ServedModels models) => models.Choose(context.Request.Query["model"], ModelRoute.VersionOf(context.Request.Query["version"]));

    private static async Task AnswerAsync(HttpContext context, ServedModels models, int limit)
    {
        using var lease = Choose(context, models);
        await ModelCall.RunAsync(context, lease.Model, () => AnswerAsync(context, lease.Model, limit));
    }

    private static Task<int> AnswerAsync(HttpContext context, ServedModel model, int limit) => model switch
    {
        { Images: { } predictor } => AnswerImageAsync(context, model, predictor.WithAdapter(AdapterOf(context, model)), limit),
        { Rows: { } predictor } => AnswerRowsAsync(context, model, predictor.WithAdapter(AdapterOf(context, model)), limit),
        _ => throw model.Unanswerable,
    };

    private static string? AdapterOf(HttpContext context, ServedModel model) => model.AdapterOf(context.Request.Query["adapter"]);

    private static async Task<int> AnswerImageAsync(HttpContext context, ServedModel model, Predictor predictor, int limit)
    {
        var image = await ReadImageAsync(context, limit);
        // However short the file, decoding may take long, and other connections' bytes arrive on this thread.
        await Task.Yield();
        await Json.WriteAsync(context, PredictResponse.Of(model.Name, await PredictAsync(context, model, predictor, image)), ServerJson.Default.PredictResponse);
        return 1;
    }

    private static async Task<Prediction> PredictAsync(HttpContext context, ServedModel model, Predictor predictor, ReadOnlyMemory<byte> image)
    {
        if (predictor.Input.Layout == ImageLayout.Encoded)
        {
            var file = new SoloWork<Prediction>(() => predictor.Predict(image.Span), 1, model.Statistics);
            await model.Queue.RunAsync(file, null, context.RequestAborted);
            return file.Result;
        }
        var pixels = new byte[predictor.PixelCount];
        predictor.Decode(image.Span, pixels);
        var work = new PixelWork(predictor, pixels, model.MaxBatch is not null, model.Statistics);
        await model.Queue.RunAsync(work, null, context.RequestAborted);
        return work.Prediction;
    }

    private static async Task<int> AnswerRowsAsync(HttpContext context, ServedModel model, TablePredictor predictor, int limit)
    {
        var csv = TypeOf(context) switch
        {
            "application/json" => false,
            "text/csv" or "text/tab-separated-values" => true,
            var type => throw Unsupported($"Model '{model.Name}' takes rows of a table as application/json or text/csv", type),
        };
        var body = await RequestBody.ReadAsync(context, limit);
        var (parts, single) = csv ? (RowRequest.ReadCsv(body, predictor), false) : Whole(RowRequest.ReadJson(body, predictor));
        var answers = new List<PredictResponse>();
        foreach (var rows in parts)
        {
            var outputs = await RowRuns.RunAsync(model, predictor, rows, context.RequestAborted);
            answers.AddRange(outputs.Chunk(predictor.OutputWidth).Select(values => PredictResponse.Of(predictor, values)));
        }
        if (single) await Json.WriteAsync(context, answers[0] with { Model = model.Name }, ServerJson.Default.PredictResponse);
        else await Json.WriteAsync(context, new RowsResponse(model.Name, answers), ServerJson.Default.RowsResponse);
        return answers.Count;

        static (IEnumerable<RowBatch> Parts, bool Single) Whole((RowBatch Rows, bool Single) request) => ([request.Rows], request.Single);
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
