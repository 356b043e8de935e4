using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>The models that can be built by name.</summary>
public static class ModelRegistry
{
    /// <summary>Name of a classifier's output, before softmax or sigmoid.</summary>
    public const string Logits = "logits";

    /// <summary>Name of a regression's output.</summary>
    public const string Prediction = "prediction";

    public static IReadOnlyList<ModelEntry> Entries { get; } =
    [
        new ModelEntry<MlpOptions>("mlp", "Multi-layer perceptron: flatten, hidden layers, linear head.", MlpModel.Check, MlpModel.Weights, MlpModel.Layers),
        new ModelEntry<CnnOptions>("cnn", "Blocks of 3x3 convolutions, each closed by a 2x2 max pooling, then a linear head.", CnnModel.Check, CnnModel.Weights, CnnModel.Layers),
        new ModelEntry<LogisticOptions>("logistic", "Logistic or softmax regression: one linear layer.", LogisticModel.Check, LogisticModel.Weights, LogisticModel.Layers),
        new ModelEntry<ResidualMlpOptions>("residual-mlp", "Perceptron of residual blocks between a linear stem and a linear head.", ResidualMlpModel.Check, ResidualMlpModel.Weights, ResidualMlpModel.Layers),
        new ModelEntry<BlockCnnOptions>("block-cnn", "Groups of convolutions, each closed by a pooling, then hidden layers and a linear head; everything adjustable.", BlockCnnModel.Check, BlockCnnModel.Weights, BlockCnnModel.Layers),
        new ModelEntry<ResNetOptions>("resnet", "The same with each group a residual block, plain or bottleneck.", ResNetModel.Check, ResNetModel.Weights, ResNetModel.Layers),
        new ModelEntry<ResNet18Options>("resnet18", "ResNet-18 for 32x32 images.", ResNet18Model.Check, ResNet18Model.Weights, ResNet18Model.Layers),
        new ModelEntry<RegularizedCnnOptions>("regularized-cnn", "Convolutions with batch normalisation and dropout that rises with depth, averaged before the head.", RegularizedCnnModel.Check, RegularizedCnnModel.Weights, RegularizedCnnModel.Layers),
        new ModelEntry<AirbenchOptions>("airbench", "Whitened 2x2 patches, then groups of convolutions with GELU: fast training on CIFAR-10.", AirbenchModel.Check, AirbenchModel.Weights, AirbenchModel.Layers) { UsesSamples = true },
        new ModelEntry<TabularMlpOptions>("tabular-mlp", "Perceptron over the numbers and learnt embeddings of the categories of a table.", TabularMlpModel.Check, TabularLayers.Weights, TabularMlpModel.Layers),
        new ModelEntry<WideDeepOptions>("wide-deep", "Wide & Deep: a linear model of a table added to a perceptron over embeddings.", WideDeepModel.Check, TabularLayers.Weights, WideDeepModel.Layers),
        new ModelEntry<DeepCrossOptions>("deep-cross", "Deep & Cross: layers that multiply columns of a table with each other, beside a perceptron.", DeepCrossModel.Check, TabularLayers.Weights, DeepCrossModel.Layers),
        new ModelEntry<ResidualTabularOptions>("residual-tabular", "Normalised residual blocks over the columns of a table.", ResidualTabularModel.Check, TabularLayers.Weights, ResidualTabularModel.Layers),
        new ModelEntry<NumericEmbeddingOptions>("numeric-embedding-mlp", "Perceptron over embeddings of the numbers of a table, by quantiles and learnt frequencies, and of its categories.", NumericEmbeddingModel.Check, TabularLayers.Weights, NumericEmbeddingModel.Layers) { QuantileBins = options => ((NumericEmbeddingOptions)options).Bins },
        new OnnxModelEntry(),
    ];

    /// <exception cref="ArgumentException">There is no model of that name; the message lists those there are.</exception>
    public static ModelEntry Find(string name) => Entries.FirstOrDefault(e => e.Name == name)
        ?? throw new ArgumentException($"There is no model '{name}'; the models are {string.Join(", ", Entries.Select(e => e.Name))}.");

    /// <summary>The model that these options are for.</summary>
    /// <exception cref="ArgumentException">They are no model's; the message lists the models.</exception>
    public static ModelEntry Of(ModelOptions options) => Entries.FirstOrDefault(e => e.OptionsType == options.GetType())
        ?? throw new ArgumentException($"No model has options of type {options.GetType().Name}; the models are {string.Join(", ", Entries.Select(e => e.Name))}.");

    /// <summary>A classifier with fresh weights: float "logits" [batch, classes] out.</summary>
    /// <inheritdoc cref="Build(ModelOptions, ModelInput, ModelOutput, ulong, long)"/>
    public static Model Build(ModelOptions options, ModelInput input, int classes, ulong seed, long opset = Model.CurrentOpset) =>
        Build(options, input, ModelOutput.Classes(classes), seed, opset);

    /// <summary>A model with fresh weights.</summary>
    /// <param name="options">The options record of a model of the registry.</param>
    /// <param name="input">The data, and how it is prepared inside the graph.</param>
    /// <param name="output">What its head gives.</param>
    /// <param name="seed">The seed of the weights; the same one gives the same bytes.</param>
    /// <param name="opset">The standard operator set to build on; a model that is read keeps its own.</param>
    /// <exception cref="ModelOptionsException">The options are not sensible, or the model does not fit the input.</exception>
    public static Model Build(ModelOptions options, ModelInput input, ModelOutput output, ulong seed, long opset = Model.CurrentOpset)
    {
        var entry = Of(options);
        string[] errors = [.. input.Check(), .. CheckOutput(output), .. entry.Check(options)];
        if (errors.Length > 0) throw new ModelOptionsException(entry.Name, errors);

        try
        {
            return entry.Build(options, input, output, seed, opset);
        }
        catch (GraphException exception)
        {
            throw new ModelOptionsException(entry.Name, [$"it does not fit {input}: {exception.Message.TrimEnd('.')}"]);
        }
    }

    private static IEnumerable<string> CheckOutput(ModelOutput output)
    {
        if (output.Size < 1) yield return $"classes must be at least 1, but is {output.Size}";
    }
}
