using System.Runtime.InteropServices;
using OnnxPipeline.Models.Proto;

namespace OnnxPipeline.Models;

/// <summary>
/// Reads the elements of a TensorProto, whichever field holds them, into the layout of raw_data. The typed fields widen small
/// types (float16, int8 … in int32_data), as onnx.proto's comments on TensorProto lay down.
/// </summary>
internal static class TensorData
{
    /// <summary>Checks a tensor's declared shape and the length of its data, without copying any.</summary>
    /// <exception cref="ModelFormatException">A size is negative, the sizes overflow, or there is too much or too little data.</exception>
    public static void Check(TensorProto proto)
    {
        var type = (ElementType)proto.DataType;
        var (count, bytes) = Count(proto, type);
        if (type == ElementType.String && proto.StringData.Count != count)
            throw new ModelFormatException($"Tensor '{proto.Name}' of shape [{string.Join(",", proto.Dims)}] needs {count} strings, but has {proto.StringData.Count}.");
        if (type.Bits() == 0 || proto.DataLocation == TensorProto.Types.DataLocation.External) return;
        var found = proto.HasRawData ? proto.RawData.Length : type.ByteLength(TypedCount(proto, type));
        if (found != bytes)
            throw new ModelFormatException($"Tensor '{proto.Name}' of type {type} and shape [{string.Join(",", proto.Dims)}] needs {bytes} bytes of data, but has {found}.");
    }

    /// <exception cref="ModelFormatException">The tensor has no raw data: it is of an unknown type, or external and not loaded.</exception>
    public static byte[] Read(TensorProto proto)
    {
        var type = (ElementType)proto.DataType;
        if (type == ElementType.String)
            throw new InvalidOperationException($"Tensor '{proto.Name}' holds strings; they have no raw bytes.");
        if (proto.DataLocation == TensorProto.Types.DataLocation.External)
            throw new ModelFormatException($"Tensor '{proto.Name}' keeps its data in another file, which was not loaded; read the model with Model.Load(path).");
        if (type.Bits() == 0)
            throw new ModelFormatException($"Tensor '{proto.Name}' has data type {proto.DataType}, which this version does not know.");
        Check(proto);
        return proto.HasRawData ? proto.RawData.ToByteArray() : ReadTyped(proto, type);
    }

    /// <summary>Bytes that the elements take as raw data.</summary>
    public static long ByteLength(TensorProto proto) => Count(proto, (ElementType)proto.DataType).Bytes;

    private static (long Elements, long Bytes) Count(TensorProto proto, ElementType type)
    {
        if (proto.Dims.FirstOrDefault(d => d < 0, 0) is < 0 and var negative)
            throw new ModelFormatException($"Tensor '{proto.Name}' has the negative size {negative} in its shape.");
        try
        {
            var count = proto.Dims.Aggregate(1L, (product, dim) => checked(product * dim));
            return (count, type.ByteLength(count));
        }
        catch (OverflowException exception)
        {
            throw new ModelFormatException($"Tensor '{proto.Name}' of shape [{string.Join(",", proto.Dims)}] has more elements than can be addressed.", exception);
        }
    }

    /// <summary>Elements in the typed field; a complex element takes two entries, a byte of two 4-bit elements takes one.</summary>
    private static long TypedCount(TensorProto proto, ElementType type) => type switch
    {
        ElementType.Float => proto.FloatData.Count,
        ElementType.Complex64 => proto.FloatData.Count / 2,
        ElementType.Double => proto.DoubleData.Count,
        ElementType.Complex128 => proto.DoubleData.Count / 2,
        ElementType.Int64 => proto.Int64Data.Count,
        ElementType.UInt64 or ElementType.UInt32 => proto.Uint64Data.Count,
        ElementType.UInt4 or ElementType.Int4 => 2L * proto.Int32Data.Count,
        _ => proto.Int32Data.Count,
    };

    private static byte[] ReadTyped(TensorProto proto, ElementType type) => type switch
    {
        ElementType.Float or ElementType.Complex64 => Bytes<float>([.. proto.FloatData]),
        ElementType.Double or ElementType.Complex128 => Bytes<double>([.. proto.DoubleData]),
        ElementType.Int64 => Bytes<long>([.. proto.Int64Data]),
        ElementType.UInt64 => Bytes<ulong>([.. proto.Uint64Data]),
        ElementType.UInt32 => Bytes<uint>([.. proto.Uint64Data.Select(v => (uint)v)]),
        ElementType.Int32 => Bytes<int>([.. proto.Int32Data]),
        ElementType.UInt16 or ElementType.Int16 or ElementType.Float16 or ElementType.BFloat16 =>
            Bytes<ushort>([.. proto.Int32Data.Select(v => (ushort)v)]),
        _ => [.. proto.Int32Data.Select(v => (byte)v)],
    };

    private static byte[] Bytes<T>(T[] values) where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
