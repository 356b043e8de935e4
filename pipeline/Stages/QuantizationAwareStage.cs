using System.Text.Json;
using OnnxPipeline.Compression;
using OnnxPipeline.Compression.QuantizationAware;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>"quantization-aware": the model before it, fine-tuned with int8's rounding; its ranges are in its metadata.</summary>
/// <param name="options">How it is fine-tuned.</param>
/// <param name="train">How it was trained.</param>
/// <param name="augment">What is done to training samples.</param>
/// <param name="seed">Keys what is drawn at random.</param>
/// <param name="source">The stage that trained the model last.</param>
internal sealed class QuantizationAwareStage(QuantizationAwareOptions options, TrainOptions train, AugmentOptions? augment, ulong seed, string source) : IStage
{
    public const string StageName = "quantization-aware";
    private const string CheckpointFile = "checkpoint.onnx";

    public string Name => StageName;

    public string CodeVersion => "2";

    public IReadOnlyList<string> Inputs => [DataStage.StageName, source];

    public object Options { get; } = new QuantizationAwareStageOptions(options, TrainStage.Deciding(train) with { Engine = "", Device = "" }, augment, seed);

    public string Engine => EngineFactory.Version(train);

    public string DeviceKind => Device.Parse(train.Device).Kind;

    public void Run(StageContext context)
    {
        using var dataset = Dataset.Open(context.Input(DataStage.StageName));
        var trained = Model.Load(Path.Combine(context.Input(source), TrainStage.ModelFile));
        var trainer = new QuantizationAwareTrainer(options, train with { Loss = DatasetModel.LossOf(dataset, train.Loss) }, seed, (model, tuning, zeros) => EngineFactory.Create(model, tuning, seed, augment, zeros))
        {
            Augment = augment,
            CheckpointPath = Path.Combine(context.Work, CheckpointFile),
            Observer = new TrainingView(context.Progress),
        };
        var result = trainer.Train(trained, dataset, context.Cancellation);
        foreach (var note in result.Folded.SelectMany(r => r.Declined)) context.Progress.Note($"left as it is: {note}");
        context.Progress.Note($"rounded like int8: what {TrainedRanges.Of(result.Model).Count} values hold; their ranges are in the model's metadata");

        result.Model.Save(Path.Combine(context.Output, TrainStage.ModelFile));
        File.WriteAllText(Path.Combine(context.Output, TrainStage.HistoryFile), JsonSerializer.Serialize(TrainingHistory.Of(result.Progress), StageJson.Default.TrainingHistory));
    }

    private sealed record QuantizationAwareStageOptions(QuantizationAwareOptions QuantizationAware, TrainOptions Train, AugmentOptions? Augment, ulong Seed);
}
