using System.Text.Json;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Store.Claims;

namespace OnnxPipeline.Pipeline.Tests.Fakes;

/// <summary>What a test may vary in data → train → evaluate.</summary>
internal sealed record PipelineSettings
{
    public string Recipe { get; init; } = "test";

    public int Rows { get; init; } = 100;

    public object TrainOptions { get; init; } = new { epochs = 3, rate = 0.1 };

    public string CodeVersion { get; init; } = "1";

    public string Engine { get; init; } = "ort 1.29.0";

    public string Device { get; init; } = "cpu";

    public string? Until { get; init; }

    public IReadOnlyList<string> Force { get; init; } = [];

    public Action<StageContext> InTrain { get; init; } = _ => { };
}

/// <summary>The stages data → train → evaluate, made of text files, with a store and a history of their own.</summary>
internal sealed class FakePipeline : IDisposable
{
    private readonly ManualTime _time = new();

    public TempFolder Folder { get; } = new();

    /// <summary>The stages that ran, in order.</summary>
    public List<string> Ran { get; } = [];

    public RecordingObserver Observer { get; } = new();

    public ClaimOptions Claims { get; init; } = new();

    public IEnumerable<RunRecord> Runs => new RunHistory(Folder.Path).Runs;

    public IReadOnlyList<string> LatestFiles => [.. Directory.EnumerateFiles(Folder.File("latest")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    public RunRecord LatestRun => JsonSerializer.Deserialize(File.ReadAllText(Folder.File("latest/run.json")), RunJson.Default.RunRecord)!;

    public static Recipe RecipeOf(string name) => new() { Name = name, Model = new MlpOptions() };

    public Orchestrator Orchestrator(string? artifacts = null, IRunObserver? observer = null) => new(artifacts ?? Folder.Path, observer ?? Observer, _time, Claims);

    public RunRecord Run(PipelineSettings settings, CancellationToken cancellation = default)
    {
        _time.Now = _time.Now.AddMinutes(1);
        return Orchestrator().Run(Request(settings), cancellation);
    }

    public IReadOnlyList<PlannedStage> Plan(PipelineSettings settings) => Orchestrator().Plan(Request(settings));

    public RunRequest Request(PipelineSettings settings) => new(RecipeOf(settings.Recipe), Stages(settings)) { Until = settings.Until, Force = settings.Force };

    public void Dispose() => Folder.Dispose();

    private FakeStage[] Stages(PipelineSettings settings) =>
    [
        new("evaluate", context => Write(context, "metrics.json", """{"test": {"accuracy": 0.9}, "note": "x"}"""))
        {
            Inputs = ["train", "data"],
            Shown = [new ShownFile("metrics.json", "metrics.json")],
        },
        new("train", context => Train(context, settings))
        {
            Inputs = ["data"],
            Options = settings.TrainOptions,
            CodeVersion = settings.CodeVersion,
            Engine = settings.Engine,
            DeviceKind = settings.Device,
            Shown = [new ShownFile("weights.txt", "model.txt")],
        },
        new("data", context => Write(context, "data.txt", $"rows {settings.Rows}")) { Options = new { settings.Rows } },
    ];

    private void Train(StageContext context, PipelineSettings settings)
    {
        Ran.Add("train");
        settings.InTrain(context);
        context.Progress.Advance(new ProgressFacts(1, 3, "epochs"));
        context.Progress.Note("epoch 1/3");
        var data = File.ReadAllText(Path.Combine(context.Input("data"), "data.txt"));
        File.WriteAllText(Path.Combine(context.Output, "weights.txt"), $"{settings.TrainOptions} on {data}");
    }

    private void Write(StageContext context, string file, string text)
    {
        Ran.Add(file == "data.txt" ? "data" : "evaluate");
        File.WriteAllText(Path.Combine(context.Output, file), text);
    }
}
