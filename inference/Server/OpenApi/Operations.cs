using Name = OnnxPipeline.Inference.Server.OpenApi.SchemaNames;

namespace OnnxPipeline.Inference.Server.OpenApi;

/// <summary>All that clients can ask of the server but the page's own files.</summary>
internal static class Operations
{
    private const string Json = "application/json";
    private const string Bytes = "application/octet-stream";
    private const string JsonLength = "How many bytes of the body are JSON, where tensors' bytes follow it.";

    private static readonly (string Name, string Description)[] Choice = [("model", "The model; it may be left out where there is one."), ("version", "Its version; the newest that is loaded where it is left out.")];

    private static readonly (string Name, string Description) Adapter = ("adapter", "One of the model's adapters to answer with; none where it is left out.");

    public static IReadOnlyList<Operation> All { get; } =
    [
        new(HttpMethod.Get, "/v2/health/live", "serverLive", "Whether the process answers.", Ok("It does.", Name.Live)) { Open = true },
        new(HttpMethod.Get, "/v2/health/ready", "serverReady", "Whether every model is loaded and warm.", Ok("All are.", Name.Ready), new(503, "Some are not, or the server is about to stop.", new Content(Json, Name.Ready))) { Open = true },
        new(HttpMethod.Get, "/v2", "serverMetadata", "What the server is, and which extensions of the protocol it has.", Ok("What it is.", Name.Server)),
        new(HttpMethod.Get, "/v2/models/stats", "allStatistics", "What became of the requests to all models.", Ok("Counts and durations.", Name.Statistics)),
        .. OfModel(HttpMethod.Get, "", "modelMetadata", "What a model takes and gives; -1 is an axis of any size.", Ok("Its inputs and outputs.", Name.Metadata)),
        .. OfModel(HttpMethod.Get, "/ready", "modelReady", "Whether a model is loaded and warm.", Ok("It is.", Name.Ready), new(503, "It is not.", new Content(Json, Name.Ready))),
        .. OfModel(HttpMethod.Get, "/config", "modelConfig", "How a model is run.", Ok("Its configuration.", Name.Config)),
        .. OfModel(HttpMethod.Get, "/stats", "modelStatistics", "What became of the requests to a model.", Ok("Counts and durations.", Name.Statistics)),
        .. OfModel(HttpMethod.Get, "/card", "modelCard", "What a model says of itself.", Ok("Its card.", Name.Card)),
        .. OfModel(HttpMethod.Get, "/file", "modelFile", "A model's file, where the server gives it to the page.", new Answer(200, "The ONNX file.", new Content(Bytes, Name.Binary)), new(304, "The client has it already.")).Select(o => o with { Errors = [403, 404, 409] }),
        .. OfModel(HttpMethod.Get, "/bundle/{file}", "bundleFile", "A file of the bundle that a model is trained with in the browser, where the server gives it to the page.", new Answer(200, "The file.", new Content(Bytes, Name.Binary)), new(304, "The client has it already.")).Select(o => o with { Errors = [404, 409] }),
        .. OfModel(HttpMethod.Post, "/infer", "infer", "Runs a model on tensors.", new Answer(200, "Its outputs.", new Content(Json, Name.InferResponse), new Content(Bytes, Name.Binary))).Select(o => o with
        {
            Bodies = [new(Json, Name.InferRequest, models => models.Tensors()), new(Bytes, Name.Binary)],
            Headers = [(Protocol.BinarySections.LengthHeader, JsonLength)],
            Errors = [404, 413, 415],
        }),
        new(HttpMethod.Post, "/v2/repository/index", "repositoryIndex", "Which models there are, and in what state.", Ok("A list of all versions.", Name.Index)) { Bodies = [new(Json, Name.IndexRequest)], BodyOptional = true, Errors = [413, 415] },
        new(HttpMethod.Post, "/v2/repository/models/{model}/load", "loadModel", "Loads all versions of a model anew; refused where the server does not allow it.", new Answer(200, "It is loaded.")) { Bodies = [new(Json, Name.ControlRequest)], BodyOptional = true, Errors = [403, 404, 413, 415] },
        new(HttpMethod.Post, "/v2/repository/models/{model}/unload", "unloadModel", "Unloads all versions of a model; refused where the server does not allow it.", new Answer(200, "It is unloaded.")) { Bodies = [new(Json, Name.ControlRequest)], BodyOptional = true, Errors = [403, 404, 413, 415] },
        new(HttpMethod.Get, "/metrics", "metrics", "Counters and histograms for Prometheus.", new Answer(200, "Text in Prometheus' format.", new Content("text/plain", Name.Text))),
        new(HttpMethod.Post, "/predict", "predict", "Classifies an image, or predicts rows of a table, whichever the model takes.", Ok("The answer: one for an image or a single row, else a list.", Name.Prediction))
        {
            Bodies =
            [
                new("image/*", Name.Binary), new(Bytes, Name.Binary), new("multipart/form-data", Name.Form),
                new(Json, Name.Rows, models => models.Rows()), new("text/csv", Name.Csv), new("text/tab-separated-values", Name.Csv),
            ],
            Query = [.. Choice, Adapter],
            Errors = [404, 413, 415],
        },
        new(HttpMethod.Get, "/predict/input", "predictInput", "What /predict takes for a model: an image, or rows of which columns.", Ok("What it takes.", Name.Input))
        {
            Query = Choice,
            Errors = [404],
        },
    ];

    private static Answer Ok(string description, string schema) => new(200, description, new Content(Json, schema));

    /// <summary>An operation on a model, and the same on one version of it.</summary>
    private static IEnumerable<Operation> OfModel(HttpMethod method, string tail, string id, string summary, params Answer[] answers) =>
    [
        new(method, $"/v2/models/{{model}}{tail}", id, summary, answers) { Errors = [404] },
        new(method, $"/v2/models/{{model}}/versions/{{version}}{tail}", $"{id}OfVersion", summary, answers) { Errors = [404] },
    ];
}
