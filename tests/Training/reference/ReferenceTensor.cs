using System.Text.Json.Serialization;
using OnnxPipeline.Models;

namespace OnnxPipeline.Training.Tests;

/// <summary>A tensor of the reference files: row-major, "float", "int64" or "bool".</summary>
public sealed record ReferenceTensor(string Name, long[] Shape, [property: JsonPropertyName("dtype")] string DataType, double[] Data)
{
    [JsonIgnore]
    public ElementType ElementType => DataType switch
    {
        "float" => ElementType.Float,
        "int64" => ElementType.Int64,
        "bool" => ElementType.Bool,
        _ => throw new InvalidDataException($"Reference tensor '{Name}': dtype '{DataType}' is unknown; expected float, int64 or bool."),
    };

    [JsonIgnore]
    public float[] Floats => ElementType == ElementType.Float
        ? Array.ConvertAll(Data, value => (float)value)
        : throw new InvalidOperationException($"Reference tensor '{Name}' holds {ElementType}, not floats.");

    [JsonIgnore]
    public long[] Longs => ElementType == ElementType.Int64
        ? Array.ConvertAll(Data, value => (long)value)
        : throw new InvalidOperationException($"Reference tensor '{Name}' holds {ElementType}, not int64.");

    public Value ToValue() => new(Name, new TensorType(ElementType, TensorShape.Of(Shape)));

    public Initializer ToInitializer() => ElementType switch
    {
        ElementType.Float => Initializer.Create<float>(Name, Floats, Shape),
        ElementType.Bool => Initializer.FromBytes(Name, ElementType.Bool, Array.ConvertAll(Data, value => (byte)value), Shape),
        _ => Initializer.Create<long>(Name, Longs, Shape),
    };

    public override string ToString() => $"{Name}: {DataType}[{string.Join(",", Shape)}]";
}
