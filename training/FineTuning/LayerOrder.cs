using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Training.FineTuning;

/// <summary>The layers of a network in the order in which data pass them, by the names of their parameters.</summary>
internal static class LayerOrder
{
    /// <summary>Operators that begin a layer with a weight of several axes. What else has parameters, normalisation for example, belongs to the layer before it.</summary>
    private static readonly HashSet<string> Weighted = [Ops.Conv, Ops.ConvTranspose, Ops.Gemm, Ops.MatMul, Ops.Einsum, Ops.LSTM, Ops.GRU, Ops.RNN];

    /// <summary>Every trainable weight of the graph, the first layer first.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Of(Graph graph)
    {
        var topology = new GraphTopology(graph);
        var sorted = topology.Sorted();
        var data = DataNodes(graph, sorted);
        var position = sorted.Index().ToDictionary(p => p.Item, p => p.Index);
        var weights = Trainables.Of(graph).Select(t => (t.Name, Reader: FirstReader(t.Name), t.Dims.Count)).OrderBy(w => w.Reader).ToArray();

        var layers = new List<List<string>>();
        var start = -1;
        foreach (var (name, reader, axes) in weights)
        {
            var begins = axes > 1 && reader < sorted.Count && Weighted.Contains(sorted[reader].OpType) && reader != start;
            // What comes before the first of them, the position embedding of a transformer say, is of the first.
            if (layers.Count == 0 || (begins && start >= 0)) layers.Add([]);
            if (begins) start = reader;
            layers[^1].Add(name);
        }
        return layers;

        int FirstReader(string value) => topology.Consumers(value)
            .Select(node => data.Contains(node) ? position[node] : node.Outputs.Where(o => o.Length > 0).Select(FirstReader).DefaultIfEmpty(sorted.Count).Min())
            .DefaultIfEmpty(sorted.Count).Min();
    }

    /// <summary>The nodes that read data, and not constants and weights alone.</summary>
    private static HashSet<Node> DataNodes(Graph graph, List<Node> sorted)
    {
        var values = graph.RequiredInputs.Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        var nodes = new HashSet<Node>();
        foreach (var node in sorted.Where(n => GraphTopology.UsedBy(n).Any(values.Contains)))
        {
            nodes.Add(node);
            values.UnionWith(node.Outputs);
        }
        return nodes;
    }
}
