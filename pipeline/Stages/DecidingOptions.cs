using OnnxPipeline.Pipeline.Recipes;

namespace OnnxPipeline.Pipeline.Stages;

/// <summary>A recipe without what changes only how fast its results come: recipes that are the same so make the same.</summary>
internal static class DecidingOptions
{
    /// <exception cref="UsageException">A model's or a teacher's file is not there.</exception>
    public static Recipe Of(Recipe recipe) => recipe with
    {
        Model = ModelStage.Deciding(recipe.Model),
        Train = TrainStage.Deciding(recipe.Train),
        Distill = recipe.Distill is { } distill ? DistillStage.Deciding(distill) : null,
        Prune = recipe.Prune is { } prune ? PruneStage.Deciding(prune) : null,
    };
}
