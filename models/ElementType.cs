namespace OnnxPipeline.Models;

/// <summary>Element types of ONNX tensors; the numbers are those of TensorProto.DataType.</summary>
public enum ElementType
{
    Undefined = 0,
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    UInt16 = 4,
    Int16 = 5,
    Int32 = 6,
    Int64 = 7,
    String = 8,
    Bool = 9,
    Float16 = 10,
    Double = 11,
    UInt32 = 12,
    UInt64 = 13,
    Complex64 = 14,
    Complex128 = 15,
    BFloat16 = 16,
    Float8E4M3FN = 17,
    Float8E4M3FNUZ = 18,
    Float8E5M2 = 19,
    Float8E5M2FNUZ = 20,
    UInt4 = 21,
    Int4 = 22,
}

public static class ElementTypes
{
    /// <summary>Bits of one element as stored; 0 for strings, whose elements have no fixed size.</summary>
    public static int Bits(this ElementType type) => type switch
    {
        ElementType.UInt4 or ElementType.Int4 => 4,
        ElementType.UInt8 or ElementType.Int8 or ElementType.Bool or ElementType.Float8E4M3FN
            or ElementType.Float8E4M3FNUZ or ElementType.Float8E5M2 or ElementType.Float8E5M2FNUZ => 8,
        ElementType.UInt16 or ElementType.Int16 or ElementType.Float16 or ElementType.BFloat16 => 16,
        ElementType.Float or ElementType.Int32 or ElementType.UInt32 => 32,
        ElementType.Double or ElementType.Int64 or ElementType.UInt64 or ElementType.Complex64 => 64,
        ElementType.Complex128 => 128,
        _ => 0,
    };

    /// <summary>Bytes that <paramref name="count"/> elements take in raw_data; 4-bit types pack two a byte.</summary>
    public static long ByteLength(this ElementType type, long count) => checked((count * type.Bits() + 7) / 8);

    public static bool IsFloatingPoint(this ElementType type) => type is ElementType.Float or ElementType.Double
        or ElementType.Float16 or ElementType.BFloat16;

    /// <summary>The element type whose raw layout is that of <typeparamref name="T"/>.</summary>
    /// <exception cref="NotSupportedException">ONNX has no element type of that layout.</exception>
    public static ElementType Of<T>() where T : unmanaged => default(T) switch
    {
        float => ElementType.Float,
        double => ElementType.Double,
        Half => ElementType.Float16,
        byte => ElementType.UInt8,
        sbyte => ElementType.Int8,
        ushort => ElementType.UInt16,
        short => ElementType.Int16,
        uint => ElementType.UInt32,
        int => ElementType.Int32,
        ulong => ElementType.UInt64,
        long => ElementType.Int64,
        bool => ElementType.Bool,
        _ => throw new NotSupportedException($"ONNX has no element type that is laid out as {typeof(T)}."),
    };
}
