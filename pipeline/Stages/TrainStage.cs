using System.Text.Json;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Loop;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>"train": the model with trained weights, and the history of its training. An interrupted run goes on from its checkpoint.</summary>
internal sealed class TrainStage(TrainOptions train, AugmentOptions? augment, ulong seed) : IStage
{
    public const string StageName = "train";
    public const string ModelFile = "trained.onnx";
    public const string HistoryFile = "history.json";
    private const string CheckpointFile = "checkpoint.onnx";

    public string Name => StageName;

    public string CodeVersion => "2";

    public IReadOnlyList<string> Inputs => [DataStage.StageName, ModelStage.StageName];

    /// <summary>Engine and device are parts of the key by themselves.</summary>
    public object Options { get; } = new TrainStageOptions(Deciding(train) with { Engine = "", Device = "" }, augment, seed);

    public string Engine { get; } = EngineFactory.Version(train);

    public string DeviceKind => Device.Parse(train.Device).Kind;

    public IReadOnlyList<ShownFile> Shown => [new(HistoryFile, HistoryFile)];

    /// <summary>The options that decide the result: threads and checkpoint intervals change only how fast it comes.</summary>
    public static TrainOptions Deciding(TrainOptions train) => train with { Threads = 0, CheckpointSeconds = 0 };

    public void Run(StageContext context)
    {
        using var dataset = Dataset.Open(context.Input(DataStage.StageName));
        var model = Model.Load(Path.Combine(context.Input(ModelStage.StageName), ModelStage.FileName));
        using var engine = EngineFactory.Create(model, train with { Loss = DatasetModel.LossOf(dataset, train.Loss) }, seed, augment);
        var clock = new EpochClock(new TrainingView(context.Progress), TimeProvider.System);
        var trainer = new Trainer(train, seed)
        {
            Augment = augment,
            CheckpointPath = Path.Combine(context.Work, CheckpointFile),
            Observer = clock,
        };
        var result = trainer.Train(model, engine, dataset.Train, dataset.Validation, context.Cancellation);

        result.Model.Save(Path.Combine(context.Output, ModelFile));
        File.WriteAllText(Path.Combine(context.Output, HistoryFile), JsonSerializer.Serialize(TrainingHistory.Of(result.Progress), StageJson.Default.TrainingHistory));
        File.WriteAllText(Path.Combine(context.Output, ArtifactManifest.MeasuredFileName), JsonSerializer.Serialize(new TrainingTimes(TrainingTimes.ThisMachine, clock.Epochs), StageJson.Default.TrainingTimes));
    }

    private sealed record TrainStageOptions(TrainOptions Train, AugmentOptions? Augment, ulong Seed);
}

/// <summary>history.json: the figures of every epoch.</summary>
internal sealed record TrainingHistory(IReadOnlyList<EpochMetrics> Epochs, int? BestEpoch, string? Stopped)
{
    public static TrainingHistory Of(TrainingProgress progress) => new(progress.History, progress.BestEpoch, progress.Stopped);
}
