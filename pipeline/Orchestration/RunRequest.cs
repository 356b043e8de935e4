using OnnxPipeline.Pipeline.Recipes;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>What to run.</summary>
/// <param name="Recipe">The recipe, recorded with the run.</param>
/// <param name="Stages">Its stages, in any order.</param>
internal sealed record RunRequest(Recipe Recipe, IReadOnlyList<IStage> Stages)
{
    /// <summary>The last stage to run, with those it needs; null for all.</summary>
    public string? Until { get; init; }

    /// <summary>Stages that run although their artifacts are there, from the beginning.</summary>
    public IReadOnlyList<string> Force { get; init; } = [];

    /// <summary>What other processes made of this very run, by stage; the run's record tells of it as they did, and nothing of it is forced again.</summary>
    public IReadOnlyDictionary<string, StageRecord> Made { get; init; } = new Dictionary<string, StageRecord>();

    /// <summary>What the run is for where it is not the recipe's own, for example "fast-dev-run"; it never becomes artifacts/latest.</summary>
    public string? Aside { get; init; }
}
