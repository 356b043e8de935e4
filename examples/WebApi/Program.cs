// A model behind a minimal API: dotnet run --project examples/WebApi -- --model MODEL.onnx
// curl --data-binary @shoe.png http://localhost:5000/predict
using OnnxPipeline.Inference;
using OnnxPipeline.Runtime.Images;

var builder = WebApplication.CreateBuilder(args);
var path = builder.Configuration["model"] ?? "model.onnx";

// One model for all requests. A new file in its place is taken up without a restart, and without a failed request.
builder.Services.AddSingleton(services =>
{
    var log = services.GetRequiredService<ILogger<Program>>();
    return Predictor.Watch(path, watch: new() { Refused = why => log.LogError(why, "The new model cannot be used; the old one goes on.") });
});

var app = builder.Build();
app.Services.GetRequiredService<WatchedModel<Predictor>>(); // a model that cannot be loaded stops the start, not the first request

app.MapGet("/labels", (WatchedModel<Predictor> model) => model.Run(m => m.Labels));
app.MapPost("/predict", async (HttpRequest request, WatchedModel<Predictor> model, CancellationToken cancellation) =>
{
    try
    {
        var prediction = await model.RunAsync(m => m.PredictAsync(request.Body, cancellation));
        return Results.Ok(prediction.Best(3));
    }
    catch (ImageException exception)
    {
        return Results.Problem(exception.Message, statusCode: StatusCodes.Status400BadRequest);
    }
});
app.Run();
