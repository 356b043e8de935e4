using System.Globalization;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Inspection;

/// <summary>Says in what ways a model is quantised or kept in short floats.</summary>
internal static class QuantizationFinder
{
    private static readonly HashSet<string> IntegerOps = ["ConvInteger", Ops.MatMulInteger, "QLinearConv", "QLinearMatMul", "QGemm"];
    private static readonly HashSet<string> DynamicOps = [Ops.DynamicQuantizeLinear, "DynamicQuantizeMatMul", "DynamicQuantizeLSTM", "MatMulIntegerToFloat"];

    public static IReadOnlyList<string> Find(Graph graph)
    {
        var found = new List<string>();
        var (quantize, dequantize) = (Count(graph, n => n.OpType == Ops.QuantizeLinear), Count(graph, n => n.OpType == Ops.DequantizeLinear));
        if (quantize > 0) found.Add($"static, QDQ form: {quantize} QuantizeLinear, {dequantize} DequantizeLinear");
        else if (dequantize > 0) found.Add($"weights only: {dequantize} DequantizeLinear of {Types(graph)}");
        AddOps(found, "static, operators on integers", graph, n => IntegerOps.Contains(n.OpType) || n.OpType.StartsWith("QLinear", StringComparison.Ordinal));
        AddOps(found, "dynamic", graph, n => DynamicOps.Contains(n.OpType));
        foreach (var group in graph.Nodes.Where(n => n.OpType == "MatMulNBits").GroupBy(n => (Bits: n.Int("bits", 4), Block: n.Int("block_size", 0))))
            found.Add($"weights only: {group.Count()} MatMulNBits, int{group.Key.Bits} in blocks of {group.Key.Block}");
        foreach (var type in (ElementType[])[ElementType.Float16, ElementType.BFloat16])
        {
            var tensors = graph.Initializers.Count(t => t.ElementType == type);
            if (tensors > 0) found.Add(string.Create(CultureInfo.InvariantCulture, $"{type}: {tensors} weights"));
        }
        return found;
    }

    private static void AddOps(List<string> found, string kind, Graph graph, Func<Node, bool> matches)
    {
        var ops = graph.Nodes.Where(matches).GroupBy(n => n.OpType).Select(g => $"{g.Count()} {g.Key}").ToArray();
        if (ops.Length > 0) found.Add($"{kind}: {string.Join(", ", ops)}");
    }

    private static string Types(Graph graph) => string.Join(", ", graph.Nodes.Where(n => n.OpType == Ops.DequantizeLinear)
        .Select(n => graph.Initializers.TryGet(n.Inputs[0], out var tensor) ? tensor.ElementType.ToString() : "computed values").Distinct());

    private static int Count(Graph graph, Func<Node, bool> matches) => graph.Nodes.Count(matches);
}
