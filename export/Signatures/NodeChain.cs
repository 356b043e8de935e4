using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Signatures;

/// <summary>Writes nodes one after the other, to be put before or behind those of a graph; names are made as they are needed.</summary>
/// <param name="graph">Takes constants at once, and the nodes when they are put.</param>
/// <param name="names">Its values' names.</param>
/// <param name="prefix">Begins every name that is made; another in each chain of a graph.</param>
internal sealed class NodeChain(Graph graph, ValueNames names, string prefix)
{
    private readonly List<Node> _nodes = [];
    private readonly HashSet<string> _made = [];

    /// <summary>Adds a node of one output and gives the output's name.</summary>
    public string Op(string op, params IEnumerable<string> inputs) => Add(op, _ => { }, inputs);

    /// <param name="op">The operator.</param>
    /// <param name="set">Sets its attributes.</param>
    /// <param name="inputs">Names of values.</param>
    public string Add(string op, Action<Node> set, params IEnumerable<string> inputs)
    {
        var output = Fresh(op.ToLowerInvariant());
        Into(output, op, set, inputs);
        return output;
    }

    /// <summary>Adds a node whose output has this name.</summary>
    public void Into(string output, string op, Action<Node> set, params IEnumerable<string> inputs) => Into([output], op, set, inputs);

    public void Into(IReadOnlyList<string> outputs, string op, Action<Node> set, params IEnumerable<string> inputs)
    {
        var node = new Node(op, inputs, outputs, outputs[0]);
        set(node);
        _nodes.Add(node);
    }

    public string Cast(string value, ElementType to) => Add(Ops.Cast, n => n.Set("to", (long)to), value);

    public string Longs(params long[] values) => Constant(Initializer.Create<long>(Fresh("longs"), values, values.Length));

    public string Scalar<T>(T value) where T : unmanaged => Constant(Initializer.Scalar(Fresh("scalar"), value));

    public string Constant(Initializer tensor)
    {
        graph.Initializers.Add(tensor);
        return tensor.Name;
    }

    /// <summary>A name that no value of the graph has, nor one that was given out here.</summary>
    public string Fresh(string stem)
    {
        var name = names.Fresh($"{prefix}.{stem}");
        for (var n = 1; !_made.Add(name); n++) name = names.Fresh($"{prefix}.{stem}.{n}");
        return name;
    }

    public void PutFirst() => graph.Nodes.InsertRange(0, _nodes);

    public void PutLast() => graph.Nodes.AddRange(_nodes);
}
