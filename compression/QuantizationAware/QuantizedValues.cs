namespace OnnxPipeline.Compression.QuantizationAware;

/// <summary>Which values of a graph int8 arithmetic rounds: what a Conv, Gemm or MatMul with constant weights reads, and those weights.</summary>
internal static class QuantizedValues
{
    /// <summary>Ops that give some of their input's values on, so that what they give has the same range where that begins at 0.</summary>
    private static readonly HashSet<string> Selecting = [Ops.MaxPool, Ops.Flatten, Ops.Reshape, Ops.Squeeze, Ops.Unsqueeze, Ops.Transpose, Ops.Identity, Ops.Dropout];

    private static readonly HashSet<string> NonNegative = [Ops.Relu, Ops.Sigmoid];

    /// <summary>Whether a node computes with weights in the graph: a product whose second operand is a float initializer of two axes or more.</summary>
    public static bool IsLinear(Node node, Graph graph) =>
        (node.Is(Ops.Conv) || node.Is(Ops.Gemm) || node.Is(Ops.MatMul))
        && graph.Initializers.TryGet(node.Inputs[1], out var weights) && weights is { ElementType: ElementType.Float, Dims.Count: >= 2 };

    /// <summary>The axis of a linear node's weights along which outputs lie, each with a scale of its own.</summary>
    public static int OutputAxis(Node node, Initializer weights) =>
        node.Is(Ops.Conv) || (node.Is(Ops.Gemm) && node.Int("transB", 0) != 0) ? 0 : weights.Dims.Count - 1;

    /// <summary>Whether no value can be below 0, as behind a Relu.</summary>
    public static bool IsNonNegative(GraphTopology topology, string value) =>
        topology.Producer(value) is { } producer && (NonNegative.Contains(producer.OpType) || (Selecting.Contains(producer.OpType) && IsNonNegative(topology, producer.Inputs[0])));

    /// <summary>The value itself, and those before it that have its range: it was only moved, or selected of values that begin at 0.</summary>
    public static IEnumerable<string> OfSameRange(GraphTopology topology, string value)
    {
        yield return value;
        if (topology.Producer(value) is not { } producer || !Selecting.Contains(producer.OpType)) yield break;
        if (producer.Is(Ops.MaxPool) && !IsNonNegative(topology, producer.Inputs[0])) yield break;
        foreach (var before in OfSameRange(topology, producer.Inputs[0])) yield return before;
    }
}
