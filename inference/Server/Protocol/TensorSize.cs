using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxPipeline.Inference.Server.Http;

namespace OnnxPipeline.Inference.Server.Protocol;

/// <summary>How large a tensor is that a request describes, reckoned before anything is allocated.</summary>
internal static class TensorSize
{
    // What ONNX Runtime keeps for a text, however short.
    private const int TextBytes = 32;

    /// <summary>Elements of a shape; what would be beyond 64 bits counts as the largest number of these.</summary>
    public static UInt128 Elements(ReadOnlySpan<long> shape)
    {
        var product = UInt128.One;
        foreach (var size in shape)
        {
            if (size == 0) return 0;
            product = UInt128.Min(product * (UInt128)size, ulong.MaxValue);
        }
        return product;
    }

    /// <exception cref="RequestException">413: the tensor would take more than <paramref name="limit"/> bytes, or an axis is beyond 31 bits.</exception>
    public static void Check(ReadOnlySpan<long> shape, TensorElementType type, long limit, string where)
    {
        var bytes = Elements(shape) * (UInt128)(DataTypes.SizeOf(type) ?? TextBytes);
        if (bytes > (UInt128)limit) throw new RequestException(413, $"The {where} would take {bytes} bytes, more than the {limit} that are allowed for a tensor.");
        foreach (var size in shape)
        {
            if (size > int.MaxValue) throw new RequestException(413, $"The {where} has an axis of {size}; the longest that is allowed is {int.MaxValue}.");
        }
    }
}
