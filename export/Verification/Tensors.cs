using System.Runtime.InteropServices;
using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Verification;

/// <summary>Tensors of any numeric type as double, to be compared.</summary>
internal static class Tensors
{
    /// <summary>The elements; null for types without a C# twin.</summary>
    public static double[]? ToDoubles(Initializer tensor) => tensor.ElementType switch
    {
        ElementType.Float => TensorReader.Widen<float>(tensor),
        ElementType.Double => TensorReader.Widen<double>(tensor),
        ElementType.Float16 => TensorReader.Widen<Half>(tensor),
        ElementType.BFloat16 => Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(tensor.Bytes.Span).ToArray(), bits => (double)BitConverter.Int32BitsToSingle(bits << 16)),
        ElementType.Int8 => TensorReader.Widen<sbyte>(tensor),
        ElementType.UInt8 => TensorReader.Widen<byte>(tensor),
        ElementType.Int16 => TensorReader.Widen<short>(tensor),
        ElementType.UInt16 => TensorReader.Widen<ushort>(tensor),
        ElementType.Int32 => TensorReader.Widen<int>(tensor),
        ElementType.UInt32 => TensorReader.Widen<uint>(tensor),
        ElementType.Int64 => TensorReader.Widen<long>(tensor),
        ElementType.UInt64 => TensorReader.Widen<ulong>(tensor),
        ElementType.Bool => Array.ConvertAll(tensor.Bytes.ToArray(), b => b == 0 ? 0.0 : 1.0),
        _ => null,
    };
}
