using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Opsets;

/// <summary>Quantisation between versions: opset 21 brought blocks and a type of its own for the output.</summary>
internal static class QuantizationOpsets
{
    private const string BlockSize = "block_size";
    private const string OutputType = "output_dtype";

    public static string? DequantizeTo20(Node node, OpsetGraph graph)
    {
        if (node.Int(BlockSize, 0) != 0) return $"it has a scale for each block of {node.Int(BlockSize, 0)} elements; the older version knows only one scale, or one a channel";
        node.Remove(BlockSize);
        return null;
    }

    public static string? QuantizeTo20(Node node, OpsetGraph graph)
    {
        var type = (ElementType)node.Int(OutputType, 0);
        if (type is not (ElementType.Undefined or ElementType.UInt8) && node.Input(2) is null) return $"its output is {type} without a zero point; the older version then gives UInt8";
        node.Remove(OutputType);
        return DequantizeTo20(node, graph);
    }
}
