using OnnxPipeline.Compression;
using OnnxPipeline.Datasets;
using OnnxPipeline.Models.Zoo;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Functions;

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

    /// <summary>Trains a smaller model with the help of the trained one, and goes on with it; null for none.</summary>
    public DistillOptions? Distill { get; init; }

    /// <summary>Fine-tunes the model under int8's rounding, so that it loses less when it is quantised; null for not at all.</summary>
    public QuantizationAwareOptions? QuantizationAware { get; init; }

    public ExportOptions Export { get; init; } = new();

    /// <summary>Variants of the exported model in fewer bits, a file each; null for none.</summary>
    public IReadOnlyList<QuantizeOptions>? Quantize { get; init; }

    public EvaluateOptions Evaluate { get; init; } = new();

    /// <summary>What a recipe of the other kind minimises, see <see cref="FunctionRecipe"/>; null where a model is trained. It is no option of this kind, and neither read nor written with them.</summary>
    internal FunctionOptions? Function { get; init; }

    /// <summary>What the recipe consists of as it is written: this record, or that of the other kind.</summary>
    internal object Written => Function is null ? this : new FunctionRecipe { Name = Name, Function = Function };

    /// <exception cref="UsageException">The recipe is of the other kind.</exception>
    internal void MustTrain(string what)
    {
        if (Function is not null) throw new UsageException($"{what} needs a recipe that trains a model, and '{Name}' minimises a function; 'pipeline run {Name}' and 'pipeline sweep' are for it.");
    }
}
