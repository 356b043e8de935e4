namespace OnnxPipeline.Training.Autodiff;

/// <summary>
/// Appends nodes and constants to a graph under fresh, readable names. Equal constants are written once. What it appends
/// carries no inferred types: gradients have the shape of the value they belong to, and that is all the walk asks.
/// </summary>
internal sealed class GraphWriter
{
    private readonly Model _model;
    private readonly HashSet<string> _names;
    private readonly Dictionary<string, string> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _counters = new(StringComparer.Ordinal);

    public GraphWriter(Model model) : this(model, model.Graph.Nodes)
    {
    }

    /// <summary>For a graph whose nodes are about to be written anew.</summary>
    public GraphWriter(Model model, IEnumerable<Node> nodes)
    {
        _model = model;
        _names = [.. model.Graph.Inputs.Select(i => i.Name), .. model.Graph.Initializers.Select(i => i.Name), .. nodes.SelectMany(n => n.Outputs.Append(n.Name))];
    }

    public Graph Graph => _model.Graph;

    /// <summary>The version of the standard operator set.</summary>
    public long Opset => _model.Opsets.TryGetValue(Domains.Onnx, out var opset) ? opset : Model.CurrentOpset;

    /// <summary>A name that nothing in the graph bears yet.</summary>
    public string Fresh(string prefix)
    {
        var name = prefix;
        for (var n = _counters.GetValueOrDefault(prefix, 1); !_names.Add(name); n++)
        {
            name = $"{prefix}.{n}";
            _counters[prefix] = n;
        }
        return name;
    }

    public string Op(string opType, params IEnumerable<string> inputs) => Add(opType, inputs).Outputs[0];

    public string Op(string opType, Action<Node> attributes, params IEnumerable<string> inputs) =>
        Add(opType, inputs, attributes: attributes).Outputs[0];

    /// <summary>A node of one of ONNX Runtime's own operators.</summary>
    public string MicrosoftOp(string opType, Action<Node> attributes, params IEnumerable<string> inputs)
    {
        _model.Opsets.TryAdd(Domains.Microsoft, 1);
        return Add(opType, inputs, attributes: attributes, domain: Domains.Microsoft).Outputs[0];
    }

    public Node Add(string opType, IEnumerable<string> inputs, int outputs = 1, Action<Node>? attributes = null, string domain = Domains.Onnx)
    {
        var name = Fresh($"grad/{opType}");
        var node = new Node(opType, inputs, Enumerable.Range(0, outputs).Select(i => $"{name}:{i}"), name, domain);
        attributes?.Invoke(node);
        Graph.Nodes.Add(node);
        return node;
    }

    /// <summary>The sum of all elements.</summary>
    public string Total(string value) => Op(Ops.ReduceSum, n => n.Set("keepdims", 0L), value);

    /// <summary>[batch] as [batch, 1].</summary>
    public string Column(string value) => Op(Ops.Unsqueeze, value, Constant(1));

    public string Constant(params ReadOnlySpan<long> values) => Shared(Initializer.Create("", values, values.Length));

    public string Constant(float value) => Shared(Initializer.Scalar("", value));

    /// <summary>The constant as an initializer of the graph; an equal one already written is used again.</summary>
    public string Shared(Initializer constant)
    {
        var key = $"{constant.Type}:{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(constant.Bytes.Span))}";
        if (_constants.TryGetValue(key, out var known)) return known;
        constant.Name = Fresh("grad/constant");
        Graph.Initializers.Add(constant);
        return _constants[key] = constant.Name;
    }
}
