using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>One kind of model: what a recipe calls it, and its options.</summary>
public abstract class ModelEntry
{
    private protected ModelEntry(string name, string description, ModelOptions defaults)
    {
        Name = name;
        Description = description;
        Defaults = defaults;
    }

    public string Name { get; }

    public string Description { get; }

    /// <summary>The options by default, which make a sensible model.</summary>
    public ModelOptions Defaults { get; }

    public Type OptionsType => Defaults.GetType();

    /// <summary>Whether the first weights depend on training images (<see cref="ImageModelInput.Samples"/>).</summary>
    public bool UsesSamples { get; init; }

    /// <summary>How many bins a model of these options divides each numeric column into, by quantiles of the training part (<see cref="TableModelInput.Quantiles"/>); 0 for none.</summary>
    public Func<ModelOptions, int> QuantileBins { get; init; } = _ => 0;

    /// <summary>Every reason why the options make no model.</summary>
    internal abstract IEnumerable<string> Check(ModelOptions options);

    /// <summary>How the options have the weights begin.</summary>
    internal abstract WeightInitializer Weights(ModelOptions options, ulong seed);

    /// <summary>Adds the layers from the prepared features to the head: [batch, outputs].</summary>
    internal abstract GraphValue Layers(GraphBuilder graph, ModelFeatures features, ModelOptions options, int outputs);
}

/// <summary>A model in terms of its own options record.</summary>
internal sealed class ModelEntry<T>(
    string name,
    string description,
    Func<T, IEnumerable<string>> check,
    Func<T, ulong, WeightInitializer> weights,
    Func<GraphBuilder, ModelFeatures, T, int, GraphValue> layers) : ModelEntry(name, description, new T()) where T : ModelOptions, new()
{
    internal override IEnumerable<string> Check(ModelOptions options) => check((T)options);

    internal override WeightInitializer Weights(ModelOptions options, ulong seed) => weights((T)options, seed);

    internal override GraphValue Layers(GraphBuilder graph, ModelFeatures features, ModelOptions options, int outputs) => layers(graph, features, (T)options, outputs);
}
