using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Export.Signatures;

/// <summary>What a model's output holds.</summary>
internal enum OutputForm
{
    /// <summary>[batch, classes], before the softmax.</summary>
    Logits,

    /// <summary>[batch, classes], a softmax's already.</summary>
    Probabilities,

    /// <summary>[batch, 1], before the sigmoid: of the second of two classes.</summary>
    BinaryLogit,

    /// <summary>[batch, 1]: a regression's answer.</summary>
    Value,
}

/// <summary>What goes into a trained model and comes out of it.</summary>
/// <param name="Image">The image it takes and how its pixels lie; null for rows of a table.</param>
/// <param name="Output">The name of its output.</param>
/// <param name="Form">What the output holds.</param>
internal sealed record Signature(ImageInput? Image, string Output, OutputForm Form)
{
    /// <summary>Names that models made here use, before and after export.</summary>
    public const string ImageName = "image";
    public const string LogitsName = "logits";
    public const string ProbabilitiesName = "probabilities";
    public const string PredictionName = "prediction";
    public const string LabelName = "label";
    public const string TopProbabilitiesName = "top_probabilities";
    public const string TopClassesName = "top_classes";
    public const string TopLabelsName = "top_labels";
    public const string BatchSymbol = "batch";

    private const int ImageRank = 4;

    /// <summary>The output of the deployed model.</summary>
    public string DeployedOutput => Form == OutputForm.Value ? PredictionName : ProbabilitiesName;

    /// <param name="model">A trained model.</param>
    /// <param name="regression">Whether it predicts a value.</param>
    /// <exception cref="ExportException">The model takes neither raw pixels nor a table's columns, or gives something else.</exception>
    public static Signature Read(Model model, bool regression = false)
    {
        var image = ReadInput(model.Graph);
        var (output, form) = ReadOutput(model, regression);
        return new(image, output, form);
    }

    /// <summary>What comes out of a model, whatever goes in.</summary>
    /// <exception cref="ExportException">It gives something else than logits, probabilities or a value.</exception>
    public static (string Output, OutputForm Form) ReadOutput(Model model, bool regression = false)
    {
        var output = FindOutput(model.Graph);
        return (output.Name, FormOf(model, output, regression));
    }

    private static ImageInput? ReadInput(Graph graph)
    {
        var inputs = graph.RequiredInputs.ToArray();
        if (inputs.All(i => i.Name is TableFeatures.Numeric or TableFeatures.Categorical) && inputs.Length > 0) return null;
        if (inputs is not [var input])
            throw new ExportException($"The model has {inputs.Length} inputs ({List(inputs)}); expected exactly one, the image, or '{TableFeatures.Numeric}' and '{TableFeatures.Categorical}' of a table. Make the others constants, or export the part that takes the image alone.");
        if (input.Type is not { Shape: { } shape } type || shape.Rank != ImageRank || type.Element != ElementType.UInt8)
            throw NotAnImage(input);
        return ImageShape.Of(input.Name, [.. shape.Select(size => size.Size ?? -1)]) ?? throw NotAnImage(input);
    }

    private static Value FindOutput(Graph graph)
    {
        var output = graph.Outputs is [var only] ? only : graph.Output(LogitsName)
            ?? throw new ExportException($"The model has {graph.Outputs.Count} outputs ({List(graph.Outputs)}) and none is named '{LogitsName}'; expected one output of shape [{BatchSymbol}, classes].");
        if (output.Type is { Element: not (ElementType.Float or ElementType.Undefined) } || output.Type?.Shape is { Rank: not 2 })
            throw new ExportException($"The output '{output}' holds no logits; expected Float of shape [{BatchSymbol}, classes].");
        return output;
    }

    private static OutputForm FormOf(Model model, Value output, bool regression)
    {
        var type = output.Type is { Shape: not null } declared ? declared : ShapeInference.Infer(model).GetValueOrDefault(output.Name);
        var single = type.Shape is { Rank: 2 } shape && shape[1].Size == 1;
        if (regression) return single ? OutputForm.Value : throw new ExportException($"The output '{output}' is no prediction; expected Float of shape [{BatchSymbol}, 1].");
        if (single) return OutputForm.BinaryLogit;
        return new GraphTopology(model.Graph).Producer(output.Name)?.Is(Ops.Softmax) ?? false ? OutputForm.Probabilities : OutputForm.Logits;
    }

    private static ExportException NotAnImage(Value input) => new(
        $"The input '{input}' is no image of raw pixels; expected UInt8 of shape [{BatchSymbol}, channels, height, width] or [{BatchSymbol}, height, width, channels], " +
        "sizes fixed, with 1 (grey) or 3 (RGB) channels. Put the normalisation of pixels into the graph, behind a Cast.");

    private static string List(IEnumerable<Value> values) => string.Join("; ", values);
}
