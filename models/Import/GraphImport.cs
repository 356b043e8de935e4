using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Models.Import;

/// <summary>Copies what one value of a graph depends on into a graph under construction, with other values in the place of its inputs.</summary>
internal sealed class GraphImport
{
    private readonly GraphBuilder _target;
    private readonly Graph _source;
    private readonly string _value;
    private readonly HashSet<Node> _needed;
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <param name="target">Where the nodes go.</param>
    /// <param name="source">Where they are from; its nodes are taken, not copied.</param>
    /// <param name="value">The value that is wanted.</param>
    public GraphImport(GraphBuilder target, Graph source, string value)
    {
        (_target, _source, _value, _needed) = (target, source, value, Needed(source, value));
        var read = _needed.SelectMany(GraphTopology.UsedBy).ToHashSet(StringComparer.Ordinal);
        Inputs = [.. source.RequiredInputs.Where(input => read.Contains(input.Name))];
    }

    /// <summary>The inputs that the value depends on.</summary>
    public IReadOnlyList<Value> Inputs { get; }

    /// <summary>The nodes that a value depends on.</summary>
    public static HashSet<Node> Needed(Graph graph, string value)
    {
        var topology = new GraphTopology(graph);
        var needed = new HashSet<Node>();
        var open = new Stack<string>([value]);
        while (open.TryPop(out var next))
        {
            if (topology.Producer(next) is not { } node || !needed.Add(node)) continue;
            foreach (var input in GraphTopology.UsedBy(node)) open.Push(input);
        }
        return needed;
    }

    /// <summary>Gives an input its value.</summary>
    public void Bind(Value input, GraphValue value) => _names[input.Name] = value.Name;

    /// <summary>Adds weights and nodes, each checked as it comes.</summary>
    /// <returns>The wanted value.</returns>
    /// <exception cref="GraphException">A node does not take what it gets.</exception>
    public GraphValue Run()
    {
        if (_needed.FirstOrDefault(node => node.Subgraphs.Any()) is { } control)
            throw new GraphException($"the node '{control.DisplayName}' ({control.OpType}) decides at run time what is computed; export the model without control flow");
        var read = _needed.SelectMany(node => node.Inputs).ToHashSet(StringComparer.Ordinal);
        foreach (var tensor in _source.Initializers.Where(t => read.Contains(t.Name)).ToArray())
        {
            var copy = tensor.Clone(Free(tensor.Name));
            _names[tensor.Name] = copy.Name;
            _target.Initializer(copy);
        }
        var topology = new GraphTopology(_source);
        foreach (var node in topology.Sorted().Where(_needed.Contains))
        {
            for (var i = 0; i < node.Inputs.Count; i++) node.Inputs[i] = _names.GetValueOrDefault(node.Inputs[i], node.Inputs[i]);
            FreeBatch(node);
            for (var i = 0; i < node.Outputs.Count; i++)
            {
                if (node.Output(i) is { } output) node.Outputs[i] = _names[output] = Free(output);
            }
            _target.Append(node);
        }
        return _target.Value(_names.GetValueOrDefault(_value, _value));
    }

    /// <summary>A reshaping to the one batch size that a model was exported with keeps whatever size comes.</summary>
    private void FreeBatch(Node node)
    {
        if (!node.Is(Ops.Reshape) || _target.TypeOf(node.Inputs[0]).Shape is not [{ Size: null }, ..] || ShapeOf(node.Inputs[1]) is not { ElementType: ElementType.Int64 } shape) return;
        if (shape.Span<long>() is not [1, ..] || _source.RequiredInputs.All(input => input.Type?.Shape is not [{ Size: 1 }, ..])) return;
        long[] sizes = [0, .. shape.Span<long>()[1..]];
        node.Inputs[1] = _target.Vector(sizes);
    }

    /// <summary>A constant of the target.</summary>
    private Initializer? ShapeOf(string value) => _target.Graph.Initializers.TryGet(value, out var tensor) ? tensor
        : _target.Graph.Nodes.FirstOrDefault(n => n.Is(Ops.Constant) && n.Outputs[0] == value)?.Tensor("value");

    private string Free(string name) => _target.Contains(name) ? _target.UniqueName(name) : name;
}
