using OnnxPipeline.Export.Rewriting;

namespace OnnxPipeline.Compression.Quantization;

/// <summary>Adds nodes and constants to a graph under names that it does not have.</summary>
internal sealed class NodeWriter(Graph graph)
{
    private readonly FreshNames _names = new(graph);

    /// <summary>A node of one output, whose name is returned.</summary>
    public string Add(string op, IEnumerable<string> inputs, string stem, string domain = Domains.Onnx, Action<Node>? attributes = null) => Add(op, inputs, [stem], domain, attributes)[0];

    /// <summary>A node of several outputs, whose names are returned.</summary>
    public IReadOnlyList<string> Add(string op, IEnumerable<string> inputs, IReadOnlyList<string> stems, string domain = Domains.Onnx, Action<Node>? attributes = null)
    {
        string[] outputs = [.. stems.Select(_names.Of)];
        var node = new Node(op, inputs, outputs, outputs[0], domain);
        attributes?.Invoke(node);
        graph.Nodes.Add(node);
        return outputs;
    }

    /// <summary>A constant, which is given a name of its own.</summary>
    public string Add(Initializer tensor)
    {
        tensor.Name = _names.Of(tensor.Name);
        graph.Initializers.Add(tensor);
        return tensor.Name;
    }

    /// <summary>Puts <paramref name="value"/> in the place of a node's only output, which keeps its name, and takes the node out.</summary>
    public void Replace(Node node, string value)
    {
        graph.Nodes.Remove(node);
        var maker = graph.Nodes.First(n => n.Outputs.Contains(value));
        maker.Outputs[maker.Outputs.IndexOf(value)] = node.Outputs[0];
    }

    /// <summary>Brings the nodes into order and forgets recorded types, which may hold no longer.</summary>
    public void Finish()
    {
        var sorted = new GraphTopology(graph).Sorted();
        graph.Nodes.Clear();
        graph.Nodes.AddRange(sorted);
        graph.ValueInfos.Clear();
    }
}
