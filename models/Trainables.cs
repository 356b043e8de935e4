namespace OnnxPipeline.Models;

/// <summary>Which initializers of a graph are weights that training changes.</summary>
public static class Trainables
{
    /// <summary>Inputs that set how an operator works rather than being learnt, by op; a range covers an op's later inputs.</summary>
    private static readonly Dictionary<string, Range> Parameters = new()
    {
        [Ops.BatchNormalization] = 3..5,
        [Ops.Clip] = 1..3,
        [Ops.DequantizeLinear] = 1..3,
        [Ops.Dropout] = 1..3,
        [Ops.OneHot] = 1..3,
        [Ops.Pad] = 1..4,
        [Ops.QuantizeLinear] = 1..3,
        [Ops.Range] = 0..3,
        [Ops.Resize] = 1..4,
        [Ops.TopK] = 1..2,
    };

    /// <summary>Operators that prepare pixels before the first layer.</summary>
    private static readonly HashSet<string> Preparing = [Ops.Cast, Ops.Sub, Ops.Add, Ops.Mul, Ops.Div, Ops.Transpose, Ops.Resize, Ops.Concat, Ops.Reshape];

    /// <summary>
    /// The floating-point initializers of one or more axes that some node reads as a weight, in the graph's order. Running
    /// means and variances, scalars, and parameters such as Clip's bounds or Resize's scales are not among them; nor are the means and
    /// deviations that bytes of pixels are prepared with.
    /// </summary>
    public static IReadOnlyList<Initializer> Of(Graph graph)
    {
        var preparing = PreparingNodes(graph);
        var learnt = graph.Nodes
            .Where(node => !preparing.Contains(node))
            .SelectMany(node => node.Inputs.Where((_, index) => !IsParameter(node, index)))
            .ToHashSet(StringComparer.Ordinal);
        return [.. graph.Initializers.Where(t => t.ElementType.IsFloatingPoint() && t.Dims.Count > 0 && learnt.Contains(t.Name))];
    }

    private static HashSet<Node> PreparingNodes(Graph graph)
    {
        var pixels = graph.Inputs.Where(input => input.Type?.Element == ElementType.UInt8).Select(input => input.Name).ToHashSet(StringComparer.Ordinal);
        var nodes = new HashSet<Node>();
        if (pixels.Count == 0) return nodes;
        foreach (var node in graph.Nodes.Where(n => n.Domain.Length == 0 && Preparing.Contains(n.OpType) && n.Inputs.Any(pixels.Contains)))
        {
            nodes.Add(node);
            pixels.UnionWith(node.Outputs);
        }
        return nodes;
    }

    private static bool IsParameter(Node node, int input) => node.Domain.Length == 0
        && Parameters.TryGetValue(node.OpType, out var range) && input >= range.Start.Value && input < range.End.Value;
}
