using OnnxPipeline.Datasets;
using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;
using OnnxPipeline.Pipeline.Stages;
using OnnxPipeline.Training.Functions;

namespace OnnxPipeline.Pipeline;

/// <summary>What stages need of the world besides their recipe. None of it changes what they make.</summary>
/// <param name="DataMirror">A folder or address to take dataset files from before their official place; null for none.</param>
internal sealed record StageServices(string? DataMirror);

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
        string Last() => stages[^1].Name;
        if (recipe.Distill is { } distill) stages.Add(new DistillStage(distill, recipe, Last()));
        if (recipe.Prune is { } prune) stages.Add(new PruneStage(prune, recipe with { Train = recipe.Distill?.Train ?? recipe.Train }, Last()));
        if (recipe.QuantizationAware is { } rounding) stages.Add(new QuantizationAwareStage(rounding, recipe.Distill?.Train ?? recipe.Train, recipe.Augment, recipe.Seed, Last()));
        stages.Add(new ExportStage(recipe.Export, recipe.Distill?.Train ?? recipe.Train, HashOf(recipe), Last()));
        if (recipe.Quantize is { Count: > 0 } variants) stages.Add(new QuantizeStage(variants));
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
