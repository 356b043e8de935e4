namespace OnnxPipeline.Datasets;

/// <summary>Element types a dataset's tensors can have; stored little-endian.</summary>
public enum DataKind
{
    UInt8,
    Float,
    Int64,
}

internal static class DataKinds
{
    /// <summary>Bytes of one element.</summary>
    public static int Size(this DataKind kind) => kind switch
    {
        DataKind.UInt8 => sizeof(byte),
        DataKind.Float => sizeof(float),
        DataKind.Int64 => sizeof(long),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a data kind"),
    };

    /// <summary>The ending of a file that holds such elements.</summary>
    public static string Suffix(this DataKind kind) => kind switch
    {
        DataKind.UInt8 => "u8",
        DataKind.Float => "f32",
        DataKind.Int64 => "i64",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a data kind"),
    };

    /// <summary>Bytes of one item of this kind and shape.</summary>
    /// <exception cref="OverflowException">More than an <see cref="int"/> holds.</exception>
    public static int ItemBytes(this DataKind kind, IReadOnlyList<long> itemShape) =>
        checked((int)itemShape.Aggregate((long)kind.Size(), (product, size) => checked(product * size)));

    /// <summary>For example "image uint8[1,28,28]", as errors name a tensor.</summary>
    public static string Describe(string name, DataKind kind, IReadOnlyList<long> itemShape) =>
        $"{name} {kind.ToString().ToLowerInvariant()}[{string.Join(",", itemShape)}]";
}
