using Google.Protobuf;
using OnnxPipeline.Models.Proto;
using AttributeType = OnnxPipeline.Models.Proto.AttributeProto.Types.AttributeType;

namespace OnnxPipeline.Models;

/// <summary>
/// One operation of a graph. Inputs and outputs are names of values; an empty name is an optional input or output left out.
/// A node read from a file keeps every field it had, known to this library or not.
/// </summary>
public sealed class Node
{
    private readonly NodeProto _proto;

    public Node(string opType, IEnumerable<string> inputs, IEnumerable<string> outputs, string name = "", string domain = Domains.Onnx)
    {
        _proto = new NodeProto { OpType = opType, Name = name };
        if (domain.Length > 0) _proto.Domain = domain;
        _proto.Input.AddRange(inputs);
        _proto.Output.AddRange(outputs);
    }

    internal Node(NodeProto proto) => _proto = proto;

    public string OpType
    {
        get => _proto.OpType;
        set => _proto.OpType = value;
    }

    public string Name
    {
        get => _proto.Name;
        set => _proto.Name = value;
    }

    public string Domain
    {
        get => Domains.Normalize(_proto.Domain);
        set => _proto.Domain = value;
    }

    public IList<string> Inputs => _proto.Input;

    public IList<string> Outputs => _proto.Output;

    /// <summary>The op with its domain when that is not the standard one, for example "com.microsoft.FusedMatMul".</summary>
    public string QualifiedOpType => Domain.Length == 0 ? OpType : $"{Domain}.{OpType}";

    /// <summary>How messages name the node: its own name, else its op and first output.</summary>
    public string DisplayName => Name.Length > 0 ? Name : $"{OpType}({Outputs.FirstOrDefault()})";

    public IEnumerable<string> AttributeNames => _proto.Attribute.Select(a => a.Name);

    /// <summary>The name of input <paramref name="index"/>, or null when it is absent or left out.</summary>
    public string? Input(int index) => index < Inputs.Count && Inputs[index].Length > 0 ? Inputs[index] : null;

    /// <summary>The name of output <paramref name="index"/>, or null when it is absent or left out.</summary>
    public string? Output(int index) => index < Outputs.Count && Outputs[index].Length > 0 ? Outputs[index] : null;

    public bool Is(string opType, string domain = Domains.Onnx) => OpType == opType && Domain == domain;

    public bool Has(string attribute) => Find(attribute) is not null;

    public long Int(string attribute, long otherwise) => Find(attribute)?.I ?? otherwise;

    public float Float(string attribute, float otherwise) => Find(attribute)?.F ?? otherwise;

    public string? String(string attribute) => Find(attribute)?.S.ToStringUtf8();

    public IReadOnlyList<long>? Ints(string attribute) => Find(attribute)?.Ints;

    public IReadOnlyList<float>? Floats(string attribute) => Find(attribute)?.Floats;

    public IReadOnlyList<string>? Strings(string attribute) => Find(attribute)?.Strings.Select(s => s.ToStringUtf8()).ToArray();

    /// <summary>A copy of the tensor attribute; <see cref="Set(string, Initializer)"/> puts a changed one back.</summary>
    public Initializer? Tensor(string attribute) => Find(attribute)?.T is { } tensor ? new Initializer(tensor.Clone()) : null;

    /// <summary>Copies of the bodies of control-flow nodes (If, Loop, Scan): names in them may refer to values of the outer graph.</summary>
    public IEnumerable<Graph> Subgraphs => _proto.Attribute
        .SelectMany(a => a.G is null ? a.Graphs : a.Graphs.Prepend(a.G))
        .Select(g => new Graph(g.Clone()));

    public Node Set(string attribute, long value) => Put(new AttributeProto { Name = attribute, Type = AttributeType.Int, I = value });

    public Node Set(string attribute, float value) => Put(new AttributeProto { Name = attribute, Type = AttributeType.Float, F = value });

    public Node Set(string attribute, string value) =>
        Put(new AttributeProto { Name = attribute, Type = AttributeType.String, S = ByteString.CopyFromUtf8(value) });

    public Node Set(string attribute, IEnumerable<long> values)
    {
        var proto = new AttributeProto { Name = attribute, Type = AttributeType.Ints };
        proto.Ints.AddRange(values);
        return Put(proto);
    }

    public Node Set(string attribute, IEnumerable<float> values)
    {
        var proto = new AttributeProto { Name = attribute, Type = AttributeType.Floats };
        proto.Floats.AddRange(values);
        return Put(proto);
    }

    public Node Set(string attribute, IEnumerable<string> values)
    {
        var proto = new AttributeProto { Name = attribute, Type = AttributeType.Strings };
        proto.Strings.AddRange(values.Select(ByteString.CopyFromUtf8));
        return Put(proto);
    }

    public Node Set(string attribute, Initializer tensor) =>
        Put(new AttributeProto { Name = attribute, Type = AttributeType.Tensor, T = tensor.Clone().ToProto() });

    public bool Remove(string attribute) => Find(attribute) is { } found && _proto.Attribute.Remove(found);

    /// <summary>Whether both nodes have the same attributes of the same values, in whatever order.</summary>
    public bool HasSameAttributes(Node other) =>
        _proto.Attribute.Count == other._proto.Attribute.Count && _proto.Attribute.All(a => a.Equals(other.Find(a.Name)));

    public Node Clone() => new(_proto.Clone());

    internal NodeProto ToProto() => _proto;

    public override string ToString() => $"{QualifiedOpType} {Name}({string.Join(", ", Inputs)}) -> ({string.Join(", ", Outputs)})";

    private AttributeProto? Find(string attribute) => _proto.Attribute.FirstOrDefault(a => a.Name == attribute);

    private Node Put(AttributeProto attribute)
    {
        Remove(attribute.Name);
        _proto.Attribute.Add(attribute);
        return this;
    }
}
