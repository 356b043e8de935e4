using System.Text.Json;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Loop;
using OnnxPipeline.Training.LowRank;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>"train": the model with trained weights, and the history of its training. An interrupted run goes on from its checkpoint.</summary>
internal sealed class TrainStage(TrainOptions train, AugmentOptions? augment, ulong seed) : IStage
{
    public const string StageName = "train";
    public const string ModelFile = "trained.onnx";
    public const string HistoryFile = "history.json";

    /// <summary>What train.lora trained, for the base that the stage "adapter" makes.</summary>
    public const string AdapterFileName = "adapter.onnx_adapter";
    private const string CheckpointFile = "checkpoint.onnx";

    public string Name => StageName;

    public string CodeVersion => "3";

    public IReadOnlyList<string> Inputs => [DataStage.StageName, ModelStage.StageName];

    /// <summary>Engine and device are parts of the key by themselves.</summary>
    public object Options { get; } = new TrainStageOptions(Deciding(train) with { Engine = "", Device = "" }, augment, seed);

    public string Engine { get; } = EngineFactory.Version(train);

    public string DeviceKind => Device.Parse(train.Device).Kind;

    public IReadOnlyList<ShownFile> Shown => train.Lora is null ? [new(HistoryFile, HistoryFile)] : [new(HistoryFile, HistoryFile), new(AdapterFileName, AdapterFileName)];

    /// <summary>The options that decide the result: threads and checkpoint intervals change only how fast it comes.</summary>
    public static TrainOptions Deciding(TrainOptions train) => train with { Threads = 0, CheckpointSeconds = 0 };

    public void Run(StageContext context)
    {
        using var dataset = Dataset.Open(context.Input(DataStage.StageName));
        var model = Model.Load(Path.Combine(context.Input(ModelStage.StageName), ModelStage.FileName));
        var adaptation = train.Lora is { } lora ? Adapt(model, lora, context) : null;
        var (trainee, options) = (adaptation?.Model ?? model, adaptation?.Options(train) ?? train);
        using var engine = EngineFactory.Create(trainee, options with { Loss = DatasetModel.LossOf(dataset, train.Loss) }, seed, augment);
        var clock = new EpochClock(new TrainingView(context.Progress), TimeProvider.System);
        var trainer = new Trainer(options, seed)
        {
            Augment = augment,
            CheckpointPath = Path.Combine(context.Work, CheckpointFile),
            Observer = clock,
        };
        var result = trainer.Train(trainee, engine, dataset.Train, dataset.Validation, context.Cancellation);

        (adaptation?.Merge(result.Model) ?? result.Model).Save(Path.Combine(context.Output, ModelFile));
        adaptation?.ToAdapter(result.Model).Save(Path.Combine(context.Output, AdapterFileName));
        File.WriteAllText(Path.Combine(context.Output, HistoryFile), JsonSerializer.Serialize(TrainingHistory.Of(result.Progress), StageJson.Default.TrainingHistory));
        File.WriteAllText(Path.Combine(context.Output, ArtifactManifest.MeasuredFileName), JsonSerializer.Serialize(new TrainingTimes(TrainingTimes.ThisMachine, clock.Epochs), StageJson.Default.TrainingTimes));
    }

    private LowRankAdaptation Adapt(Model model, LoraOptions lora, StageContext context)
    {
        var adaptation = LowRankAdaptation.Of(model, lora, seed);
        foreach (var note in adaptation.Declined) context.Progress.Note($"not adapted: {note}");
        context.Progress.Note($"low-rank changes of {string.Join(", ", adaptation.Adapted)}: {adaptation.Parameters:N0} numbers are trained; they are merged into the weights, and kept as {AdapterFileName}");
        return adaptation;
    }

    private sealed record TrainStageOptions(TrainOptions Train, AugmentOptions? Augment, ulong Seed);
}

/// <summary>history.json: the figures of every epoch.</summary>
internal sealed record TrainingHistory(IReadOnlyList<EpochMetrics> Epochs, int? BestEpoch, string? Stopped)
{
    public static TrainingHistory Of(TrainingProgress progress) => new(progress.History, progress.BestEpoch, progress.Stopped);
}
