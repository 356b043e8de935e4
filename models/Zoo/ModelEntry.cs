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

    /// <summary>The model with its first weights, of options without faults.</summary>
    /// <exception cref="GraphException">It does not fit the input.</exception>
    internal abstract Model Build(ModelOptions options, ModelInput input, ModelOutput output, ulong seed, long opset);
}

/// <summary>A model that is built layer by layer, in terms of its own options record.</summary>
/// <param name="name">What a recipe calls it.</param>
/// <param name="description">What it is, in a sentence.</param>
/// <param name="check">Every reason why the options make no model.</param>
/// <param name="weights">How the options have the weights begin.</param>
/// <param name="layers">Adds the layers from the prepared features to the head: [batch, outputs].</param>
internal sealed class ModelEntry<T>(
    string name,
    string description,
    Func<T, IEnumerable<string>> check,
    Func<T, ulong, WeightInitializer> weights,
    Func<GraphBuilder, ModelFeatures, T, int, GraphValue> layers) : ModelEntry(name, description, new T()) where T : ModelOptions, new()
{
    internal override IEnumerable<string> Check(ModelOptions options) => check((T)options);

    internal override Model Build(ModelOptions options, ModelInput input, ModelOutput output, ulong seed, long opset)
    {
        var graph = new GraphBuilder(Name, opset) { Weights = weights((T)options, seed) };
        output.AddTo(graph, layers(graph, input.AddTo(graph), (T)options, output.Size));
        return graph.Build();
    }
}
