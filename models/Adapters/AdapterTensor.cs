namespace OnnxPipeline.Models.Adapters;

/// <summary>A tensor of an adapter: what takes the place of an input's default.</summary>
/// <param name="Name">The input's name.</param>
/// <param name="DataType">The type of its elements by ONNX's number, for example 1 for float.</param>
/// <param name="Dims">The sizes of its axes, all above 0.</param>
/// <param name="Data">Its elements, row-major and little-endian.</param>
public sealed record AdapterTensor(string Name, int DataType, IReadOnlyList<long> Dims, ReadOnlyMemory<byte> Data)
{
    /// <summary>Float, in ONNX's numbers of element types.</summary>
    public const int Float = 1;

    /// <summary>For example "fc.weight.lora_A [8,4]".</summary>
    public override string ToString() => $"{Name} [{string.Join(",", Dims)}]";
}
