using OnnxPipeline.Compression;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Runtime;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Losses;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>"prune": the trained model with parts left out, in the form it came in, and what that did. An interrupted run goes on with the round it was in.</summary>
/// <param name="prune">How it is pruned.</param>
/// <param name="recipe">How the model was made and trained.</param>
/// <param name="source">The stage that trained the model last: it has it as <see cref="TrainStage.ModelFile"/>.</param>
internal sealed class PruneStage(PruneOptions prune, Recipe recipe, string source) : IStage
{
    public const string StageName = "prune";
    public const string ReportFile = "prune.json";

    private readonly TrainOptions _training = prune.FineTune ?? recipe.Train;

    public string Name => StageName;

    public string CodeVersion => "2";

    public IReadOnlyList<string> Inputs => prune.Schedule is LotteryPruneOptions ? [DataStage.StageName, source, ModelStage.StageName] : [DataStage.StageName, source];

    /// <summary>A lottery trains as the model was trained, and its control makes models anew.</summary>
    public object Options { get; } = prune.Schedule is LotteryPruneOptions
        ? new PruneStageOptions(Deciding(prune), TrainStage.Deciding(recipe.Train) with { Engine = "", Device = "" }, recipe.Train.Loss, recipe.Augment, recipe.Model, recipe.Seed)
        : new PruneStageOptions(Deciding(prune), null, recipe.Train.Loss, recipe.Augment, null, recipe.Seed);

    public string Engine => EngineFactory.Version(_training);

    public string DeviceKind => Device.Parse(_training.Device).Kind;

    public IReadOnlyList<ShownFile> Shown => [new(ReportFile, ReportFile)];

    public void Run(StageContext context)
    {
        using var dataset = Dataset.Open(context.Input(DataStage.StageName));
        var lottery = prune.Schedule is LotteryPruneOptions;
        var pruner = new Pruner(prune, new PruneSetup
        {
            Dataset = dataset,
            Training = recipe.Train with { Loss = DatasetModel.LossOf(dataset, recipe.Train.Loss) },
            Engine = (model, options, masks) => EngineFactory.Create(model, options with { Loss = DatasetModel.LossOf(dataset, options.Loss) }, recipe.Seed, recipe.Augment, masks),
            Augment = recipe.Augment,
            Seed = recipe.Seed,
            Work = context.Work,
            Observer = name =>
            {
                context.Progress.Note($"{name}:");
                return new TrainingView(context.Progress);
            },
            Note = context.Progress.Note,
            Initial = lottery ? Model.Load(Path.Combine(context.Input(ModelStage.StageName), ModelStage.FileName)) : null,
            Fresh = lottery ? round => Fresh(dataset, round) : null,
        });
        var result = pruner.Prune(Model.Load(Path.Combine(context.Input(source), TrainStage.ModelFile)), context.Cancellation);
        foreach (var note in result.Report.Declined) context.Progress.Note($"left: {note}");
        result.Model.Save(Path.Combine(context.Output, TrainStage.ModelFile));
        File.WriteAllText(Path.Combine(context.Output, ReportFile), result.Report.ToJson());
    }

    /// <summary>The options without what only changes how fast the result comes.</summary>
    public static PruneOptions Deciding(PruneOptions prune) =>
        prune with { FineTune = prune.FineTune is { } training ? TrainStage.Deciding(training) with { Engine = "", Device = "" } : null };

    /// <summary>The recipe's model with other random weights than those that were trained, for each round.</summary>
    private Model Fresh(Dataset dataset, int round) => ModelStage.Build(dataset, recipe.Model, recipe.Train.Loss, recipe.Seed + (ulong)round, recipe.Export.Opset);

    private sealed record PruneStageOptions(PruneOptions Prune, TrainOptions? Training, LossOptions? Loss, AugmentOptions? Augment, ModelOptions? Model, ulong Seed);
}
