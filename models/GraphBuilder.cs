using OnnxPipeline.Models.Layers;
using OnnxPipeline.Models.Shapes;

namespace OnnxPipeline.Models;

/// <summary>
/// Builds a graph node by node. The type of every value is inferred as it is made, so a mismatch is an error at the call
/// that makes it. Layers are extension methods (namespace OnnxPipeline.Models.Layers):
/// <code>
/// var g = new GraphBuilder("net");
/// var x = g.Input("image", ElementType.Float, "batch", 3, 32, 32);
/// x = g.Relu(g.Conv2d(x, 32, kernel: 3, padding: 1));
/// g.Output(g.Linear(g.Flatten(x), 10), "logits");
/// var model = g.Build();
/// </code>
/// </summary>
public sealed class GraphBuilder
{
    private readonly TypeTable _types;
    private readonly Dictionary<string, string> _renamed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _counters = new(StringComparer.Ordinal);
    private readonly HashSet<string> _nodeNames;

    /// <summary>Begins an empty graph on version <paramref name="opset"/> of the standard operator set.</summary>
    public GraphBuilder(string name, long opset = Model.CurrentOpset) : this(new Model(new Graph(name), opset))
    {
    }

    private GraphBuilder(Model model)
    {
        Model = model;
        _types = ShapeInference.InferTable(model, strict: false);
        _nodeNames = [.. model.Graph.Nodes.Select(n => n.Name)];
    }

    /// <summary>The model under construction.</summary>
    public Model Model { get; }

    public Graph Graph => Model.Graph;

    /// <summary>The version of the standard operator set.</summary>
    public long Opset => Model.Opsets.TryGetValue(Domains.Onnx, out var opset) ? opset : Model.CurrentOpset;

    /// <summary>How layers begin their weights.</summary>
    public WeightInitializer Weights { get; init; } = new(Zoo.Initialization.PyTorch, Zoo.Activation.None, seed: 0);

    /// <summary>Goes on building the graph of a model, in place.</summary>
    /// <exception cref="GraphException">The graph contradicts itself as it is.</exception>
    public static GraphBuilder On(Model model) => new(model);

    /// <summary>Adds an input of the graph. Sizes are numbers, or symbols such as "batch".</summary>
    public GraphValue Input(string name, ElementType element, params Dimension[] shape) => Input(name, new TensorType(element, new TensorShape(shape)));

    public GraphValue Input(string name, TensorType type)
    {
        Claim(name);
        Graph.Inputs.Add(new Value(name, type));
        return Add(name, type);
    }

    /// <summary>Adds an initializer under its own name.</summary>
    public GraphValue Initializer(Initializer tensor)
    {
        Claim(tensor.Name);
        Graph.Initializers.Add(tensor);
        _types.AddConstant(tensor.Name, tensor);
        return Value(tensor.Name);
    }

    /// <summary>Adds a Constant node: a value that is part of the graph's function and never trained.</summary>
    public GraphValue Constant<T>(ReadOnlySpan<T> values, IEnumerable<long> dims, string? name = null) where T : unmanaged
    {
        // A tensor inside an attribute needs no name; the value's is that of the node's output.
        var tensor = Models.Initializer.Create("", values, dims);
        return Node(Ops.Constant, [], [("value", tensor)], name: name);
    }

    /// <summary>Adds a Constant node of one element and no axes.</summary>
    public GraphValue Constant<T>(T value, string? name = null) where T : unmanaged => Constant([value], [], name);

    /// <summary>Adds a Constant node of int64 numbers, as axes and shapes are given.</summary>
    public GraphValue Vector(params long[] values) => Constant<long>(values, [values.Length]);

    /// <summary>Adds a node with one output, named as the node.</summary>
    /// <param name="opType">The operator; its rules are checked at once where it has any.</param>
    /// <param name="inputs">Names of values; an empty one leaves an optional input out.</param>
    /// <param name="attributes">For example [("axis", 1)].</param>
    /// <param name="name">The wished name; a number is added where it is taken. By default it is made of the operator.</param>
    /// <param name="domain">The operator set's domain.</param>
    /// <exception cref="GraphException">The inputs break the operator's rules; the node was not added.</exception>
    public GraphValue Node(string opType, IEnumerable<string> inputs, IEnumerable<(string Name, AttributeValue Value)>? attributes = null, string? name = null, string domain = Domains.Onnx) =>
        Nodes(opType, inputs, 1, attributes, name, domain)[0];

    /// <summary>Adds a node with several outputs: the first is named as the node, the others "name.1", "name.2" ….</summary>
    /// <inheritdoc cref="Node"/>
    public IReadOnlyList<GraphValue> Nodes(string opType, IEnumerable<string> inputs, int outputs, IEnumerable<(string Name, AttributeValue Value)>? attributes = null, string? name = null, string domain = Domains.Onnx)
    {
        var unique = UniqueName(name ?? Numbered(StemOf(opType)));
        var node = new Node(opType, inputs.Select(Current), Enumerable.Range(0, outputs).Select(i => i == 0 ? unique : UniqueName($"{unique}.{i}")), unique, domain);
        foreach (var (attribute, value) in attributes ?? []) value.SetOn(node, attribute);
        return Append(node);
    }

    /// <summary>Adds a node as it is, after checking it.</summary>
    /// <returns>Its outputs; those left out have an empty name.</returns>
    /// <exception cref="GraphException">The inputs break the operator's rules, or an output's name is taken; the node was not added.</exception>
    public IReadOnlyList<GraphValue> Append(Node node)
    {
        foreach (var output in node.Outputs.Where(o => o.Length > 0)) Claim(output);
        _types.Add(node);
        if (!Model.Opsets.ContainsKey(node.Domain)) Model.Opsets[node.Domain] = 1;
        Graph.Nodes.Add(node);
        _nodeNames.Add(node.Name);
        return [.. node.Outputs.Select(o => o.Length > 0 ? Value(o) : default)];
    }

    /// <summary>Makes a value an output of the graph, under another name if one is given.</summary>
    /// <returns>The output; earlier handles of the value go on to work.</returns>
    public GraphValue Output(string value, string? name = null)
    {
        var current = Current(value);
        var target = name ?? current;
        if (target != current)
        {
            Claim(target);
            if (CanRename(current)) Rename(current, target);
            else Node(Ops.Identity, [current], name: target);
        }
        Graph.Outputs.Add(new Value(target, TypeOf(target)));
        return Value(target);
    }

    /// <summary>What is known of a value's type.</summary>
    /// <exception cref="GraphException">There is no such value.</exception>
    public TensorType TypeOf(string value) => _types.Types.TryGetValue(Current(value), out var type)
        ? type
        : throw new GraphException($"The graph '{Graph.Name}' has no value '{value}'.");

    /// <summary>The handle of a value by its name.</summary>
    /// <exception cref="GraphException">There is no such value.</exception>
    public GraphValue Value(string name) => new(Current(name), TypeOf(name));

    public bool Contains(string value) => _types.Contains(Current(value));

    /// <summary>A name that no value and no node has: the stem itself, or the stem with a number.</summary>
    public string UniqueName(string stem)
    {
        var name = stem;
        while (Contains(name) || _nodeNames.Contains(name)) name = $"{stem}_{Next(stem)}";
        return name;
    }

    /// <summary>The stem with the next free number: "conv" gives conv1, then conv2.</summary>
    public string Numbered(string stem)
    {
        string name;
        do name = $"{stem}{Next(stem + "#")}";
        while (Contains(name) || _nodeNames.Contains(name));
        return name;
    }

    /// <summary>The finished model.</summary>
    /// <exception cref="GraphException">The graph has no output.</exception>
    public Model Build() => Graph.Outputs.Count > 0
        ? Model
        : throw new GraphException($"The graph '{Graph.Name}' has no output; call Output before Build.");

    private static string StemOf(string opType) => opType.ToLowerInvariant();

    private int Next(string stem) => _counters[stem] = _counters.GetValueOrDefault(stem) + 1;

    private string Current(string name) => _renamed.GetValueOrDefault(name, name);

    private GraphValue Add(string name, TensorType type)
    {
        _types.Add(name, type);
        return Value(name);
    }

    private void Claim(string name)
    {
        if (name.Length == 0) throw new GraphException("A value needs a name; an empty one means that it is left out.");
        if (Contains(name)) throw new GraphException($"The graph '{Graph.Name}' already has a value named '{name}'; names must be unique.");
    }

    /// <summary>Inputs, initializers and other outputs keep their names, and so does what a subgraph may refer to.</summary>
    private bool CanRename(string name) => Graph.Output(name) is null
        && Graph.Nodes.Any(n => n.Outputs.Contains(name)) && !Graph.Nodes.Any(n => n.Subgraphs.Any());

    private void Rename(string from, string to)
    {
        foreach (var node in Graph.Nodes)
        {
            Replace(node.Inputs, from, to);
            Replace(node.Outputs, from, to);
        }
        _types.Rename(from, to);
        foreach (var (alias, _) in _renamed.Where(r => r.Value == from).ToArray()) _renamed[alias] = to;
        _renamed[from] = to;
    }

    private static void Replace(IList<string> names, string from, string to)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == from) names[i] = to;
        }
    }
}
