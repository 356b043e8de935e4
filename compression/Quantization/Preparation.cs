using OnnxPipeline.Export;

namespace OnnxPipeline.Compression.Quantization;

/// <summary>Brings a float model into the form that is quantised: batch normalisation and constants folded, every node with a name of its own.</summary>
internal static class Preparation
{
    private const long OldestOpset = 13;

    private static readonly HashSet<string> Quantized =
    [
        Ops.QuantizeLinear, Ops.DequantizeLinear, Ops.DynamicQuantizeLinear, Ops.MatMulInteger, "ConvInteger", "QLinearConv", "QLinearMatMul", Ops.MatMulNBits,
        "QGemm", "QLinearAdd", "MatMulIntegerToFloat", "DynamicQuantizeMatMul",
    ];

    /// <summary>A copy to be quantised.</summary>
    /// <exception cref="QuantizeException">The model is quantised already, of an operator set too old, or has no product with weights.</exception>
    /// <exception cref="ModelFormatException">The graph is not well formed.</exception>
    public static Model Prepare(Model model)
    {
        if (model.Graph.Nodes.Where(n => Quantized.Contains(n.OpType)).ToArray() is { Length: > 0 } present)
            throw new QuantizeException($"The model is quantised already: it has {present.Length} node(s) such as {present[0].OpType} '{present[0].DisplayName}'. Quantise the float32 model that it was made from.");
        var opset = model.Opsets.TryGetValue(Domains.Onnx, out var version) ? version : 0;
        if (opset < OldestOpset)
            throw new QuantizeException($"The model uses opset {opset}; scales by channel need opset {OldestOpset} or later. Export it with a later one.");

        var folded = PassPipeline.Deploy().Run(model);
        var copy = folded.Modified ? folded.Model : model.Clone();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in copy.Graph.Nodes)
        {
            var stem = node.Name.Length > 0 ? node.Name : node.DisplayName;
            node.Name = stem;
            for (var n = 1; !names.Add(node.Name); n++) node.Name = $"{stem}_{n}";
        }
        return copy;
    }
}
