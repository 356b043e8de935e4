using System.Text.Json;
using System.Text.Json.Serialization;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Diagnostics;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.LowRank;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>"find-lr": the loss of fresh weights under a rising learning rate, on the recipe's batches, augmentation included.</summary>
internal sealed class FindLrStage(LearningRateFinderOptions finder, TrainOptions train, AugmentOptions? augment, ulong seed) : IStage
{
    public const string StageName = "find-lr";
    public const string FileName = "lr-finder.json";

    public string Name => StageName;

    public string CodeVersion => "1";

    public IReadOnlyList<string> Inputs => [DataStage.StageName, ModelStage.StageName];

    public object Options { get; } = new FindLrStageOptions(finder, TrainStage.Deciding(train) with { Engine = "", Device = "" }, augment, seed);

    public string Engine { get; } = EngineFactory.Version(train);

    public string DeviceKind => Device.Parse(train.Device).Kind;

    public void Run(StageContext context)
    {
        using var dataset = Dataset.Open(context.Input(DataStage.StageName));
        var model = Model.Load(Path.Combine(context.Input(ModelStage.StageName), ModelStage.FileName));
        var adaptation = train.Lora is { } lora ? LowRankAdaptation.Of(model, lora, seed) : null;
        using var engine = EngineFactory.Create(adaptation?.Model ?? model, (adaptation?.Options(train) ?? train) with { Loss = DatasetModel.LossOf(dataset, train.Loss) }, seed, augment);
        using var batches = new BatchLoader(dataset.Train, new BatchOptions { BatchSize = train.BatchSizeFor(dataset.Train.Count), Shuffle = true, DropLast = true, Seed = seed, Augment = augment });
        context.Progress.Note($"{engine.Description}, at most {finder.Steps} batches");

        using var samples = Endless(batches).GetEnumerator();
        var curve = LearningRateFinder.Find(finder, (number, rate) =>
        {
            context.Cancellation.ThrowIfCancellationRequested();
            samples.MoveNext();
            var outcome = engine.Step(samples.Current, new TrainingStep(number, rate));
            context.Progress.Advance(new ProgressFacts(number, finder.Steps, "batches", FormattableString.Invariant($"rate {rate:0.0e+0}  loss {outcome.Loss / outcome.Count:0.0000}")));
            return outcome.Loss / outcome.Count;
        });
        File.WriteAllText(Path.Combine(context.Output, FileName), JsonSerializer.Serialize(curve.Points, FindLrJson.Default.IReadOnlyListLearningRatePoint) + "\n");
    }

    /// <summary>The batches of one epoch after the other.</summary>
    private static IEnumerable<Batch> Endless(BatchLoader batches)
    {
        for (var epoch = 0; ; epoch++)
        {
            foreach (var batch in batches.Epoch(epoch)) yield return batch;
        }
    }

    private sealed record FindLrStageOptions(LearningRateFinderOptions Finder, TrainOptions Train, AugmentOptions? Augment, ulong Seed);
}

/// <summary>lr-finder.json: a list of steps, each with learningRate, loss and smoothedLoss.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(IReadOnlyList<LearningRatePoint>))]
internal sealed partial class FindLrJson : JsonSerializerContext;
