using OnnxPipeline.Datasets;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Training;

namespace OnnxPipeline.Pipeline.Recipes;

/// <summary>Everything that decides what a run makes: data, model, training, export and evaluation.</summary>
internal sealed record Recipe
{
    /// <summary>The recipe's name: runs are listed and compared under it.</summary>
    public required string Name { get; init; }

    /// <summary>The seed of every random number of the run: split, initial weights, shuffling, augmentation, dropout.</summary>
    public ulong Seed { get; init; }

    public DataOptions Data { get; init; } = new();

    /// <summary>What is done to training images each time they are drawn; null for nothing.</summary>
    public AugmentOptions? Augment { get; init; }

    public required ModelOptions Model { get; init; }

    public TrainOptions Train { get; init; } = new();

    public ExportOptions Export { get; init; } = new();

    public EvaluateOptions Evaluate { get; init; } = new();
}
