namespace OnnxPipeline.Models.Shapes;

/// <summary>
/// What is known of every value of a graph so far: its type; its elements when it is a constant; and for short integer
/// vectors, which carry shapes, each element that is known, so that Reshape(x, Shape(y)) keeps a symbolic batch.
/// </summary>
internal sealed class TypeTable(IDictionary<string, long> opsets)
{
    /// <summary>Longest integer vector that is followed as a possible shape.</summary>
    private const int LongestShape = 64;

    private readonly Dictionary<string, TensorType> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Initializer> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<Dimension>?> _values = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, TensorType> Types => _types;

    public void Add(string name, TensorType type) => _types[name] = type;

    public void AddConstant(string name, Initializer tensor)
    {
        Add(name, tensor.Type);
        _constants[name] = tensor;
    }

    public bool Contains(string name) => _types.ContainsKey(name);

    public TensorType TypeOf(string name, Node reader) => _types.TryGetValue(name, out var type)
        ? type
        : throw new GraphException(reader, $"input '{name}' to be a graph input, an initializer or the output of an earlier node", "no such value");

    public Initializer? Constant(string name) => _constants.GetValueOrDefault(name);

    public IReadOnlyList<Dimension>? Values(string name)
    {
        if (_values.TryGetValue(name, out var known)) return known;
        return Constant(name) is { } tensor ? _values[name] = Elements(tensor) : null;
    }

    /// <summary>Infers a node's outputs from its inputs and records them.</summary>
    /// <returns>False when there is no rule for the op; the outputs are then recorded as unknown.</returns>
    /// <exception cref="GraphException">The inputs or attributes break the operator's rules.</exception>
    public bool Add(Node node)
    {
        foreach (var input in node.Inputs.Where(i => i.Length > 0)) TypeOf(input, node);
        var rule = ShapeRules.Find(node.Domain, node.OpType);
        var types = rule is null ? [] : Apply(rule, node);
        if (rule is not null && node.Outputs.Skip(types.Length).FirstOrDefault(o => o.Length > 0) is { } extra)
            throw new GraphException(node, $"at most {types.Length} output(s)", $"{node.Outputs.Count}, of which '{extra}' is one too many");
        for (var i = 0; i < node.Outputs.Count; i++)
        {
            if (node.Output(i) is { } output) Add(output, i < types.Length ? types[i] : default);
        }
        if (rule is not null && node.Output(0) is { } first) Follow(node, first);
        return rule is not null;
    }

    /// <summary>Gives a value another name, as when a graph output is named.</summary>
    public void Rename(string from, string to)
    {
        Move(_types, from, to);
        Move(_constants, from, to);
        Move(_values, from, to);
    }

    private TensorType[] Apply(ShapeRule rule, Node node)
    {
        try
        {
            return rule(ContextOf(node));
        }
        catch (OverflowException exception)
        {
            throw new GraphException($"Node '{node.DisplayName}' ({node.QualifiedOpType}): the sizes of its inputs or attributes overflow 64 bits.", exception);
        }
    }

    private void Follow(Node node, string output)
    {
        if (node.Is(Ops.Constant) && node.Tensor("value") is { } tensor) _constants[output] = tensor;
        else if (KnownValues.Of(ContextOf(node), _types[output]) is { Count: <= LongestShape } values) _values[output] = values;
    }

    private NodeContext ContextOf(Node node) => new(node, opsets.TryGetValue(node.Domain, out var opset) ? opset : 1, this);

    private static IReadOnlyList<Dimension>? Elements(Initializer tensor) =>
        tensor.IsExternal || tensor.Dims.Count > 1 || tensor.ElementCount > LongestShape ? null : tensor.ElementType switch
        {
            ElementType.Int64 => [.. tensor.Span<long>().ToArray().Select(v => (Dimension)v)],
            ElementType.Int32 => [.. tensor.Span<int>().ToArray().Select(v => (Dimension)v)],
            _ => null,
        };

    private static void Move<T>(Dictionary<string, T> table, string from, string to)
    {
        if (table.Remove(from, out var item)) table[to] = item;
    }
}
