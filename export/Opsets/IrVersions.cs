using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Opsets;

/// <summary>Versions of the file format, and what asks for them. Source: https://github.com/onnx/onnx/blob/main/docs/Versioning.md.</summary>
internal static class IrVersions
{
    /// <summary>The newest that this library knows.</summary>
    public const long Newest = 11;

    private const long FirstWithFunctions = 8;
    private const long FirstWithFloat8 = 9;
    private const long FirstWithInt4 = 10;

    /// <summary>The version that came with each operator set, newest first.</summary>
    private static readonly (long Opset, long Ir)[] OfOpsets = [(23, 11), (21, 10), (19, 9), (15, 8), (12, 7), (11, 6), (10, 5), (9, 4)];

    /// <summary>The lowest version that a model may have, and what asks for it.</summary>
    public static (long Version, string Reason) Least(Model model)
    {
        var opset = model.Opsets.TryGetValue(Domains.Onnx, out var version) ? version : 0;
        var ofOpset = OfOpsets.FirstOrDefault(pair => opset >= pair.Opset).Ir;
        List<(long Version, string Reason)> asked = [(Math.Max(ofOpset, 3), $"opset {opset}")];
        if (model.Graph.Initializers.Any(t => model.Graph.Input(t.Name) is null)) asked.Add((4, "initializers that are no inputs"));
        if (model.Functions.Any()) asked.Add((FirstWithFunctions, "functions"));
        var types = model.Graph.Initializers.Select(t => t.ElementType).Concat(model.Graph.Inputs.Concat(model.Graph.Outputs).Select(v => v.Type?.Element ?? ElementType.Undefined)).ToHashSet();
        if (types.Any(t => t.ToString().StartsWith("Float8", StringComparison.Ordinal))) asked.Add((FirstWithFloat8, "8-bit floats"));
        if (types.Contains(ElementType.Int4) || types.Contains(ElementType.UInt4)) asked.Add((FirstWithInt4, "4-bit integers"));
        return asked.MaxBy(a => a.Version);
    }
}
