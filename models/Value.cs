using OnnxPipeline.Models.Proto;

namespace OnnxPipeline.Models;

/// <summary>The type of a tensor: its elements and, where known, its shape (null means even the rank is unknown).</summary>
public readonly record struct TensorType(ElementType Element, TensorShape? Shape)
{
    public override string ToString() => $"{Element}{Shape?.ToString() ?? "[...]"}";
}

/// <summary>
/// A named value of a graph: an input, an output, or a typed intermediate. A value that is no tensor (sequence, map,
/// optional) keeps its full type and has no <see cref="Type"/>.
/// </summary>
public sealed class Value
{
    private readonly ValueInfoProto _proto;

    public Value(string name, TensorType type)
    {
        _proto = new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type.Element, Shape = type.Shape?.ToProto() } },
        };
    }

    public Value(string name, ElementType element, params Dimension[] shape) : this(name, new TensorType(element, new TensorShape(shape)))
    {
    }

    internal Value(ValueInfoProto proto) => _proto = proto;

    public string Name => _proto.Name;

    /// <summary>The tensor type, or null for a value that is no tensor or carries no type.</summary>
    public TensorType? Type => _proto.Type?.TensorType is { } tensor
        ? new TensorType((ElementType)tensor.ElemType, TensorShape.FromProto(tensor.Shape))
        : null;

    internal ValueInfoProto ToProto() => _proto;

    public override string ToString() => $"{Name}: {Type?.ToString() ?? "no tensor"}";
}
