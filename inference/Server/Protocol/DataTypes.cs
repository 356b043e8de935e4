using Microsoft.ML.OnnxRuntime.Tensors;

namespace OnnxPipeline.Inference.Server.Protocol;

/// <summary>The protocol's names of element types.</summary>
internal static class DataTypes
{
    private static readonly Dictionary<TensorElementType, string> Names = new()
    {
        [TensorElementType.Bool] = "BOOL",
        [TensorElementType.UInt8] = "UINT8",
        [TensorElementType.UInt16] = "UINT16",
        [TensorElementType.UInt32] = "UINT32",
        [TensorElementType.UInt64] = "UINT64",
        [TensorElementType.Int8] = "INT8",
        [TensorElementType.Int16] = "INT16",
        [TensorElementType.Int32] = "INT32",
        [TensorElementType.Int64] = "INT64",
        [TensorElementType.Float16] = "FP16",
        [TensorElementType.Float] = "FP32",
        [TensorElementType.Double] = "FP64",
        [TensorElementType.BFloat16] = "BF16",
        [TensorElementType.String] = "BYTES",
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyCollection<string> All => Names.Values;

    /// <summary>The name, or ONNX Runtime's own for a type that the protocol has not.</summary>
    public static string NameOf(TensorElementType? type) => type is { } known && Names.TryGetValue(known, out var name) ? name : type?.ToString() ?? "NONE";

    /// <summary>As a model's configuration names it.</summary>
    public static string ConfigNameOf(TensorElementType? type) => type == TensorElementType.String ? "TYPE_STRING" : $"TYPE_{NameOf(type)}";

    /// <summary>Bytes of one element; null for text, whose elements differ, and for types that the protocol has not.</summary>
    public static int? SizeOf(TensorElementType type) => type switch
    {
        TensorElementType.Bool or TensorElementType.UInt8 or TensorElementType.Int8 => 1,
        TensorElementType.UInt16 or TensorElementType.Int16 or TensorElementType.Float16 or TensorElementType.BFloat16 => 2,
        TensorElementType.UInt32 or TensorElementType.Int32 or TensorElementType.Float => 4,
        TensorElementType.UInt64 or TensorElementType.Int64 or TensorElementType.Double => 8,
        _ => null,
    };
}
