using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Training.Functions;

namespace OnnxPipeline.Pipeline.Recipes;

/// <summary>A recipe that minimises a function: a kind of its own, without data or a model to train. Nothing in it is random.</summary>
internal sealed record FunctionRecipe
{
    /// <summary>The section that a recipe of this kind has, and one of the other kind has not.</summary>
    public const string Key = "function";

    /// <summary>The recipe's name: runs are listed and compared under it.</summary>
    public required string Name { get; init; }

    public required FunctionOptions Function { get; init; }

    /// <summary>The recipe as everything else knows recipes; what it does not have keeps its default, which nobody reads.</summary>
    public Recipe ToRecipe() => new() { Name = Name, Model = new MlpOptions(), Function = Function };
}
