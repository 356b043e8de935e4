using OnnxPipeline.Export;

namespace OnnxPipeline.Compression.Quantization.Placement;

/// <summary>The Gemm and MatMul nodes of a graph that have constant weights, for the methods that are for matrices alone.</summary>
internal static class MatrixProducts
{
    /// <param name="facts">The graph.</param>
    /// <param name="stays">Whether a node stays in float32.</param>
    /// <param name="left">The nodes with weights that are not among them, each with the reason.</param>
    public static IReadOnlyList<WeightedNode> Find(GraphFacts facts, Func<Node, bool> stays, out IReadOnlyList<PassNote> left)
    {
        var (found, others) = (new List<WeightedNode>(), new List<PassNote>());
        foreach (var node in facts.Nodes.Where(n => OperatorRoles.Of(n) == OperatorRole.Weighted))
        {
            var reason = "a convolution; this method is for Gemm and MatMul";
            if (stays(node)) reason = Reasons.Asked;
            else if (!node.Is(Ops.Conv) && WeightedNode.Of(node, facts.Constants, out reason) is { } weighted)
            {
                found.Add(weighted);
                continue;
            }
            others.Add(new PassNote(node.DisplayName, reason));
        }
        left = others;
        return found;
    }

    /// <summary>The weights as [inputs, outputs], however the node has them.</summary>
    public static Initializer ByInput(WeightedNode weighted)
    {
        if (weighted.OutputAxis == 1) return weighted.Weights;
        var (outputs, inputs) = ((int)weighted.Weights.Dims[0], (int)weighted.Weights.Dims[1]);
        var turned = Initializer.Zeros(weighted.Weights.Name, ElementType.Float, inputs, outputs);
        var from = weighted.Weights.Span<float>();
        var to = turned.Span<float>();
        for (var o = 0; o < outputs; o++)
        {
            for (var i = 0; i < inputs; i++) to[i * outputs + o] = from[o * inputs + i];
        }
        return turned;
    }
}
