using System.Runtime.InteropServices;
using OnnxPipeline.Models.Proto;

namespace OnnxPipeline.Models;

/// <summary>
/// Reads the elements of a TensorProto, whichever field holds them, into the layout of raw_data. The typed fields widen small
/// types (float16, int8 … in int32_data), as onnx.proto's comments on TensorProto lay down.
/// </summary>
internal static class TensorData
{
    public static byte[] Read(TensorProto proto)
    {
        var type = (ElementType)proto.DataType;
        if (type == ElementType.String)
            throw new InvalidOperationException($"Tensor '{proto.Name}' holds strings; they have no raw bytes.");
        if (proto.DataLocation == TensorProto.Types.DataLocation.External)
            throw new ModelFormatException($"Tensor '{proto.Name}' keeps its data in another file, which was not loaded; read the model with Model.Load(path).");
        if (type.Bits() == 0)
            throw new ModelFormatException($"Tensor '{proto.Name}' has data type {proto.DataType}, which this version does not know.");
        if (proto.Dims.FirstOrDefault(d => d < 0, 0) is < 0 and var negative)
            throw new ModelFormatException($"Tensor '{proto.Name}' has the negative size {negative} in its shape.");

        var count = proto.Dims.Aggregate(1L, (product, dim) => checked(product * dim));
        var expected = type.ByteLength(count);
        var data = proto.HasRawData ? proto.RawData.ToByteArray() : ReadTyped(proto, type);
        if (data.LongLength != expected)
            throw new ModelFormatException($"Tensor '{proto.Name}' of type {type} and shape [{string.Join(",", proto.Dims)}] needs {expected} bytes of data, but has {data.LongLength}.");
        return data;
    }

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
