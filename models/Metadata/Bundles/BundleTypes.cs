namespace OnnxPipeline.Models.Metadata.Bundles;

/// <summary>Names of element types in a bundle: those of onnxruntime-web.</summary>
public static class BundleTypes
{
    public const string Float32 = "float32";

    public const string Int64 = "int64";

    public const string Int32 = "int32";

    public const string UInt8 = "uint8";

    /// <summary>Bytes of an element.</summary>
    /// <exception cref="FormatException">There is no type of that name.</exception>
    public static int ByteLength(string type) => type switch
    {
        Float32 or Int32 => 4,
        Int64 => 8,
        UInt8 => 1,
        _ => throw new FormatException($"'{type}' is no type of a bundle's tensors; expected {Float32}, {Int64}, {Int32} or {UInt8}."),
    };
}
