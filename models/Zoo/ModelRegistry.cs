using OnnxPipeline.Models.Layers;

namespace OnnxPipeline.Models.Zoo;

/// <summary>The models that can be built by name.</summary>
public static class ModelRegistry
{
    /// <summary>Name of every model's output: [batch, classes], before any softmax.</summary>
    public const string Logits = "logits";

    public static IReadOnlyList<ModelEntry> Entries { get; } =
    [
        new ModelEntry<MlpOptions>("mlp", "Multi-layer perceptron: flatten, hidden layers, linear head.", MlpModel.Check, MlpModel.Weights, MlpModel.Layers),
        new ModelEntry<CnnOptions>("cnn", "Blocks of 3x3 convolutions, each closed by a 2x2 max pooling, then a linear head.", CnnModel.Check, CnnModel.Weights, CnnModel.Layers),
    ];

    /// <exception cref="ArgumentException">There is no model of that name; the message lists those there are.</exception>
    public static ModelEntry Find(string name) => Entries.FirstOrDefault(e => e.Name == name)
        ?? throw new ArgumentException($"There is no model '{name}'; the models are {string.Join(", ", Entries.Select(e => e.Name))}.");

    /// <summary>A model with fresh weights: uint8 "image" [batch, channels, height, width] in, float "logits" [batch, classes] out.</summary>
    /// <param name="options">The options record of a model of the registry.</param>
    /// <param name="input">The images, and how they are normalised.</param>
    /// <param name="classes">Columns of the logits.</param>
    /// <param name="seed">The seed of the weights; the same one gives the same bytes.</param>
    /// <param name="opset">The standard operator set to build on.</param>
    /// <exception cref="ModelOptionsException">The options are not sensible, or the model does not fit the input.</exception>
    public static Model Build(ModelOptions options, ModelInput input, int classes, ulong seed, long opset = Model.CurrentOpset)
    {
        var entry = Entries.FirstOrDefault(e => e.OptionsType == options.GetType())
            ?? throw new ArgumentException($"No model has options of type {options.GetType().Name}; the models are {string.Join(", ", Entries.Select(e => e.Name))}.");
        string[] errors = [.. CheckInput(input, classes), .. entry.Check(options)];
        if (errors.Length > 0) throw new ModelOptionsException(entry.Name, errors);

        var graph = new GraphBuilder(entry.Name, opset) { Weights = entry.Weights(options, seed) };
        try
        {
            var image = graph.Input(ModelInput.Name, ElementType.UInt8, "batch", input.Channels, input.Height, input.Width);
            var x = graph.NormalizePixels(image, input.Mean, input.Std, "normalize");
            graph.Output(entry.Layers(graph, x, options, classes), Logits);
        }
        catch (GraphException exception)
        {
            throw new ModelOptionsException(entry.Name, [$"it does not fit images of {input}: {exception.Message.TrimEnd('.')}"]);
        }
        return graph.Build();
    }

    private static IEnumerable<string> CheckInput(ModelInput input, int classes)
    {
        if (input.Channels < 1 || input.Height < 1 || input.Width < 1) yield return $"an image needs positive sizes, but has {input}";
        if (classes < 1) yield return $"classes must be at least 1, but is {classes}";
    }
}
