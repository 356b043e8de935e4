using OnnxPipeline.Datasets;
using OnnxPipeline.Training;
using OnnxPipeline.Training.Engines;
using OnnxPipeline.Training.Loop;

namespace OnnxPipeline.Compression;

/// <summary>Makes the engine that trains a model.</summary>
/// <param name="model">The model.</param>
/// <param name="options">How it is trained.</param>
/// <param name="masks">Which elements of weights stay 0; null for none.</param>
public delegate ITrainingEngine EngineSource(Model model, TrainOptions options, IReadOnlyList<Initializer>? masks);

/// <summary>What pruning works with besides the model.</summary>
public sealed record PruneSetup
{
    /// <summary>Its training part is fine-tuned on, its validation part says what pruning costs. It must stay open meanwhile.</summary>
    public required Dataset Dataset { get; init; }

    /// <summary>How the model was trained: fine-tuning takes its loss from there, and a lottery all of it.</summary>
    public required TrainOptions Training { get; init; }

    public required EngineSource Engine { get; init; }

    /// <summary>What is done to training images; null for nothing.</summary>
    public AugmentOptions? Augment { get; init; }

    /// <summary>Keys the order of samples and all else that is drawn.</summary>
    public ulong Seed { get; init; }

    /// <summary>A folder that outlives an interruption: what was trained is kept there, so that the next run goes on to the same bytes. Null to keep nothing.</summary>
    public string? Work { get; init; }

    /// <summary>Makes who is told of a training, by its name, for example "round 2". Null for no one.</summary>
    public Func<string, ITrainingObserver>? Observer { get; init; }

    /// <summary>Is told what each round came to; null for no one.</summary>
    public Action<string>? Note { get; init; }

    /// <summary>For a lottery: the model before any training.</summary>
    public Model? Initial { get; init; }

    /// <summary>For a lottery's control: the model with fresh random weights, by round from 1.</summary>
    public Func<int, Model>? Fresh { get; init; }
}
