using OnnxPipeline.Compression;
using OnnxPipeline.Datasets;
using OnnxPipeline.Export;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Training.Functions;

namespace OnnxPipeline.Pipeline;

/// <summary>What stages need of the world besides their recipe. None of it changes what they make.</summary>
/// <param name="DataMirror">A folder or address to take dataset files from before their official place; null for none.</param>
internal sealed record StageServices(string? DataMirror)
{
    /// <inheritdoc cref="CliServices.TimingSeconds"/>
    public double TimingSeconds { get; init; } = LatencyMeter.UsualSeconds;
}

/// <summary>Turns a recipe into its stages.</summary>
internal static class RecipeStages
{
    public static IReadOnlyList<IStage> For(Recipe recipe, StageServices services) => recipe.Function is { } function ? Minimising(recipe, function) : Training(recipe, services);

    /// <summary>The stages from training to export each take the model of the one before and leave a model of the same form.</summary>
    private static List<IStage> Training(Recipe recipe, StageServices services)
    {
        List<IStage> stages =
        [
            new DataStage(recipe.Data, recipe.Seed, services),
            new ModelStage(recipe.Model, recipe.Train.Loss, recipe.Seed, recipe.Export.Opset),
            new TrainStage(recipe.Train, recipe.Augment, recipe.Seed),
        ];
        var trained = new List<string> { TrainStage.StageName };
        void Go(IStage stage)
        {
            stages.Add(stage);
            trained.Add(stage.Name);
        }

        var training = recipe.Distill?.Train ?? recipe.Train;
        if (recipe.Distill is { } distill) Go(new DistillStage(distill, recipe, trained[^1]));
        if (recipe.Prune is { } prune) Go(new PruneStage(prune, recipe with { Train = training }, trained[^1]));
        if (recipe.QuantizationAware is { } rounding) Go(new QuantizationAwareStage(rounding, training, recipe.Augment, recipe.Seed, trained[^1]));
        if (recipe.Train.Lora is { } lora) stages.Add(new AdapterStage(recipe.Export, lora, HashOf(recipe)));
        stages.Add(new ExportStage(recipe.Export, training, HashOf(recipe), trained[^1], services.TimingSeconds));
        IReadOnlyList<QuantizeOptions> quantized = recipe.Quantize ?? [];
        if (quantized.Count > 0) stages.Add(new QuantizeStage(quantized));
        if (trained.Count + quantized.Count > 1) stages.Add(new VariantsStage(recipe.Export, HashOf(recipe), trained, quantized, services.TimingSeconds));
        stages.Add(new EvaluateStage(recipe.Evaluate));
        stages.Add(new ReportStage(recipe, [.. stages.Select(s => s.Name)]));
        return stages;
    }

    private static IReadOnlyList<IStage> Minimising(Recipe recipe, FunctionOptions function) =>
    [
        new FunctionStage(function),
        new MinimizeStage(function),
        new FunctionReportStage(recipe),
    ];

    /// <summary>What decides the exported model; not the recipe's name, nor how it is evaluated.</summary>
    private static string HashOf(Recipe recipe) => CanonicalJson.Hash(DecidingOptions.Of(recipe) with
    {
        Name = "",
        Data = DatasetSources.Deciding(recipe.Data),
        Evaluate = new EvaluateOptions(),
        Quantize = null,
    });
}
