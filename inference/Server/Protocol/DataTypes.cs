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
        [TensorElementType.String] = "BYTES",
    };

    /// <summary>The name, or ONNX Runtime's own for a type that the protocol has not.</summary>
    public static string NameOf(TensorElementType? type) => type is { } known && Names.TryGetValue(known, out var name) ? name : type?.ToString() ?? "NONE";
}
