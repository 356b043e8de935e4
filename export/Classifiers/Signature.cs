using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export.Classifiers;

/// <summary>What goes into an image classifier and comes out of it.</summary>
/// <param name="Image">The input and how its pixels lie.</param>
/// <param name="Output">The name of the output that holds the classes.</param>
/// <param name="GivesProbabilities">Whether that output is a Softmax's already, not logits.</param>
internal sealed record Signature(ImageInput Image, string Output, bool GivesProbabilities)
{
    /// <summary>Names that models made here use, before and after export.</summary>
    public const string ImageName = "image";
    public const string LogitsName = "logits";
    public const string ProbabilitiesName = "probabilities";
    public const string BatchSymbol = "batch";

    private const int Rank = 4;

    /// <exception cref="ExportException">The model is no image classifier of raw pixels.</exception>
    public static Signature Read(Model model) => new(ReadInput(model.Graph), ReadOutput(model.Graph, out var softmax), softmax);

    private static ImageInput ReadInput(Graph graph)
    {
        var inputs = graph.RequiredInputs.ToArray();
        if (inputs is not [var input])
            throw new ExportException($"The model has {inputs.Length} inputs ({List(inputs)}); expected exactly one, the image. Make the others constants, or export the part that takes the image alone.");
        if (input.Type is not { Shape: { } shape } type || shape.Rank != Rank || type.Element != ElementType.UInt8)
            throw NotAnImage(input);
        if (Channels(shape[1]) is { } channels && shape[2].Size is { } height && shape[3].Size is { } width)
            return new ImageInput(input.Name, channels, (int)height, (int)width, ImageLayout.Chw);
        if (Channels(shape[3]) is { } last && shape[1].Size is { } rows && shape[2].Size is { } columns)
            return new ImageInput(input.Name, last, (int)rows, (int)columns, ImageLayout.Hwc);
        throw NotAnImage(input);
    }

    private static string ReadOutput(Graph graph, out bool softmax)
    {
        var output = graph.Outputs is [var only] ? only : graph.Output(LogitsName)
            ?? throw new ExportException($"The model has {graph.Outputs.Count} outputs ({List(graph.Outputs)}) and none is named '{LogitsName}'; expected one output of shape [{BatchSymbol}, classes].");
        if (output.Type is { Element: not (ElementType.Float or ElementType.Undefined) } || output.Type?.Shape is { Rank: not 2 })
            throw new ExportException($"The output '{output}' holds no logits; expected Float of shape [{BatchSymbol}, classes].");
        softmax = new GraphTopology(graph).Producer(output.Name)?.Is(Ops.Softmax) ?? false;
        return output.Name;
    }

    private static int? Channels(Dimension dimension) => dimension.Size is 1 or 3 ? (int)dimension.Size : null;

    private static ExportException NotAnImage(Value input) => new(
        $"The input '{input}' is no image of raw pixels; expected UInt8 of shape [{BatchSymbol}, channels, height, width] or [{BatchSymbol}, height, width, channels], " +
        "sizes fixed, with 1 (grey) or 3 (RGB) channels. Put the normalisation of pixels into the graph, behind a Cast.");

    private static string List(IEnumerable<Value> values) => string.Join("; ", values);
}
