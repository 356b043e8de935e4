namespace OnnxPipeline.Models.Import;

/// <summary>Brings the weights of a graph from elsewhere into the one form that training knows: an initializer each, which only its own layers read.</summary>
internal static class ForeignWeights
{
    /// <summary>Operators whose constant inputs after the first are weights, wherever an exporter puts them.</summary>
    private static readonly HashSet<string> Layers = [Ops.Conv, Ops.ConvTranspose, Ops.Gemm, Ops.MatMul];

    public static void Normalize(Graph graph)
    {
        graph.Inputs.RemoveAll(input => graph.Initializers.Contains(input.Name));
        TakeOutOfNodes(graph);
        Part(graph);
    }

    /// <summary>Some exporters keep weights in Constant nodes.</summary>
    private static void TakeOutOfNodes(Graph graph)
    {
        var read = graph.Nodes.Where(n => n.Domain == Domains.Onnx && Layers.Contains(n.OpType)).SelectMany(n => n.Inputs.Skip(1)).ToHashSet(StringComparer.Ordinal);
        foreach (var node in graph.Nodes.Where(n => n.Is(Ops.Constant) && read.Contains(n.Outputs[0])).ToArray())
        {
            if (node.Tensor("value") is not { ElementType: ElementType.Float, Dims.Count: > 0 } tensor) continue;
            graph.Initializers.Add(tensor.Clone(node.Outputs[0]));
            graph.Nodes.Remove(node);
        }
    }

    /// <summary>PyTorch's exporter keeps weights that begin alike once, and lets the others read them through Identity: trained as one they would stay alike.</summary>
    private static void Part(Graph graph)
    {
        foreach (var node in graph.Nodes.Where(n => n.Is(Ops.Identity)).ToArray())
        {
            if (graph.Output(node.Outputs[0]) is not null || !graph.Initializers.TryGet(node.Inputs[0], out var shared)) continue;
            graph.Initializers.Add(shared.Clone(node.Outputs[0]));
            graph.Nodes.Remove(node);
        }
    }
}
