using OnnxPipeline.Models.Proto;

namespace OnnxPipeline.Models;

/// <summary>
/// A graph of nodes over named values. The lists are live: change them, then serialise the model. Nodes are in topological
/// order, as the format requires; <see cref="GraphTopology"/> restores the order after a rewrite.
/// </summary>
public sealed class Graph
{
    private readonly GraphProto _proto;

    public Graph(string name) : this(new GraphProto { Name = name })
    {
    }

    internal Graph(GraphProto proto)
    {
        _proto = proto;
        Nodes = [.. proto.Node.Select(node => new Node(node))];
        Inputs = [.. proto.Input.Select(value => new Value(value))];
        Outputs = [.. proto.Output.Select(value => new Value(value))];
        ValueInfos = [.. proto.ValueInfo.Select(value => new Value(value))];
        Initializers = new InitializerList(proto.Initializer.Select(tensor => new Initializer(tensor)));
    }

    public string Name
    {
        get => _proto.Name;
        set => _proto.Name = value;
    }

    public List<Node> Nodes { get; }

    /// <summary>The inputs a caller gives; an input that is also an initializer (IR version 3) has a default.</summary>
    public List<Value> Inputs { get; }

    public List<Value> Outputs { get; }

    /// <summary>Types of intermediate values, where recorded. They may be stale after a rewrite; shape inference renews them.</summary>
    public List<Value> ValueInfos { get; }

    public InitializerList Initializers { get; }

    /// <summary>Inputs without a default.</summary>
    public IEnumerable<Value> RequiredInputs => Inputs.Where(input => !Initializers.Contains(input.Name));

    public Value? Input(string name) => Inputs.FirstOrDefault(value => value.Name == name);

    public Value? Output(string name) => Outputs.FirstOrDefault(value => value.Name == name);

    internal GraphProto ToProto()
    {
        Replace(_proto.Node, Nodes.Select(node => node.ToProto()));
        Replace(_proto.Input, Inputs.Select(value => value.ToProto()));
        Replace(_proto.Output, Outputs.Select(value => value.ToProto()));
        Replace(_proto.ValueInfo, ValueInfos.Select(value => value.ToProto()));
        Replace(_proto.Initializer, Initializers.Select(tensor => tensor.ToProto()));
        return _proto;
    }

    private static void Replace<T>(Google.Protobuf.Collections.RepeatedField<T> field, IEnumerable<T> items)
    {
        var all = items.ToArray();
        field.Clear();
        field.AddRange(all);
    }
}
