using System.Numerics;
using System.Runtime.InteropServices;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Verification;

/// <summary>Tensors of any numeric type as double, to be compared.</summary>
internal static class Tensors
{
    /// <summary>The elements; null for types without a C# twin.</summary>
    public static double[]? ToDoubles(Initializer tensor) => tensor.ElementType switch
    {
        ElementType.Float => Widen<float>(tensor),
        ElementType.Double => Widen<double>(tensor),
        ElementType.Float16 => Widen<Half>(tensor),
        ElementType.BFloat16 => Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(tensor.Bytes.Span).ToArray(), bits => (double)BitConverter.Int32BitsToSingle(bits << 16)),
        ElementType.Int8 => Widen<sbyte>(tensor),
        ElementType.UInt8 => Widen<byte>(tensor),
        ElementType.Int16 => Widen<short>(tensor),
        ElementType.UInt16 => Widen<ushort>(tensor),
        ElementType.Int32 => Widen<int>(tensor),
        ElementType.UInt32 => Widen<uint>(tensor),
        ElementType.Int64 => Widen<long>(tensor),
        ElementType.UInt64 => Widen<ulong>(tensor),
        ElementType.Bool => Array.ConvertAll(tensor.Bytes.ToArray(), b => b == 0 ? 0.0 : 1.0),
        _ => null,
    };

    private static double[] Widen<T>(Initializer tensor) where T : unmanaged, INumber<T>
    {
        var from = tensor.Span<T>();
        var to = new double[from.Length];
        for (var i = 0; i < to.Length; i++) to[i] = double.CreateTruncating(from[i]);
        return to;
    }
}
