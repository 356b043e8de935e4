using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Opsets;

/// <summary>
/// A copy of a graph's nodes on the way from one version of the operator set to another. The graph itself changes only when the whole
/// way is done, so a refused conversion leaves it as it was.
/// </summary>
internal sealed class OpsetGraph
{
    private readonly GraphRewriter _rewriter;
    private readonly ValueTypes _types;
    private readonly Dictionary<string, TensorType> _newTypes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Initializer> _newConstants = new(StringComparer.Ordinal);
    private List<Node> _nodes;
    private List<Node> _next = [];

    public OpsetGraph(GraphRewriter rewriter)
    {
        _rewriter = rewriter;
        _types = new ValueTypes(rewriter.Model);
        _nodes = [.. rewriter.Nodes.Select(n => n.Clone())];
    }

    /// <summary>Applies a rule to every node; returns the nodes that it refused, with the reasons.</summary>
    public IReadOnlyList<PassNote> Step(Func<Node, string?> rule)
    {
        var refused = new List<PassNote>();
        _next = new List<Node>(_nodes.Count);
        foreach (var node in _nodes)
        {
            var emitted = _next.Count;
            if (rule(node) is { } reason) refused.Add(new PassNote(node.DisplayName, reason));
            else if (_next.Count == emitted) _next.Add(node);
        }
        _nodes = _next;
        return refused;
    }

    /// <summary>Puts the nodes and the constants made on the way into the graph.</summary>
    public void Commit()
    {
        foreach (var tensor in _newConstants.Values) _rewriter.AddInitializer(tensor);
        _rewriter.ReplaceAll(_nodes);
    }

    public ElementType? ElementOf(string? value) => value is not null && _newTypes.TryGetValue(value, out var type) ? type.Element : _types.ElementOf(value);

    public TensorShape? ShapeOf(string? value) => value is not null && _newTypes.TryGetValue(value, out var type) ? type.Shape : _types.ShapeOf(value);

    public bool IsUsed(string? value) => _rewriter.IsUsed(value);

    public Initializer? ConstantOf(string? value) => value is not null && _newConstants.TryGetValue(value, out var tensor) ? tensor : _rewriter.Constants.Find(value);

    /// <summary>The elements of a constant of Int64; null when it is none.</summary>
    public long[]? LongsOf(string? value) => TensorReader.ToLongs(ConstantOf(value));

    /// <summary>Adds a constant and returns its name.</summary>
    public string Longs(string stem, params long[] values) => Constant(Initializer.Create<long>(stem, values, values.Length));

    /// <summary>Adds a constant of one number, no axes, in the type of another value.</summary>
    public string Number(string stem, ElementType type, double value) => Constant(TensorReader.FromDoubles(stem, type, [value]));

    /// <summary>Adds a constant under its own name, or where that is taken with a number, and returns the name.</summary>
    public string Constant(Initializer tensor)
    {
        tensor.Name = _rewriter.TakeName(tensor.Name);
        _newConstants[tensor.Name] = tensor;
        _newTypes[tensor.Name] = tensor.Type;
        return tensor.Name;
    }

    /// <summary>Puts a node in the place of the one that the rule is given, and returns the name of its only output.</summary>
    /// <param name="of">The node that it stands for, in whole or in part.</param>
    /// <param name="op">Its operator.</param>
    /// <param name="inputs">The values it reads.</param>
    /// <param name="shape">The shape of its output; null for that of the first input.</param>
    /// <param name="last">Whether its output is that of the node it stands for.</param>
    /// <param name="attributes">Sets its attributes.</param>
    public string Emit(Node of, string op, IEnumerable<string> inputs, TensorShape? shape = null, bool last = false, Action<Node>? attributes = null)
    {
        var read = inputs.ToArray();
        var output = last ? of.Outputs[0] : _rewriter.TakeName($"{of.Outputs[0]}/{op}");
        var node = new Node(op, read, [output], last ? of.Name : of.Name.Length > 0 ? output : "");
        attributes?.Invoke(node);
        _next.Add(node);
        if (!last) _newTypes[output] = new TensorType(op == Ops.Shape ? ElementType.Int64 : ElementOf(read[0]) ?? ElementType.Undefined, shape ?? ShapeOf(read[0]));
        return output;
    }
}
