using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Recipes;

namespace OnnxPipeline.Pipeline;

/// <summary>What stages need of the world besides their recipe. None of it changes what they make.</summary>
/// <param name="DataMirror">A folder or address to take dataset files from before their official place; null for none.</param>
internal sealed record StageServices(string? DataMirror);

/// <summary>Turns a recipe into its stages.</summary>
internal static class RecipeStages
{
    public static IReadOnlyList<IStage> For(Recipe recipe, StageServices services) => [];
}
