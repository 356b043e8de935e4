using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace OnnxPipeline.Inference.Server.Protocol;

/// <summary>A tensor's elements as numbers, whatever their type.</summary>
internal static class TensorNumbers
{
    /// <summary>Null for text and for types that the protocol has not.</summary>
    public static double[]? Of(OrtValue value) => value.GetTensorTypeAndShape().ElementDataType switch
    {
        TensorElementType.Bool => Convert<bool>(value, v => v ? 1 : 0),
        TensorElementType.UInt8 => Convert<byte>(value, v => v),
        TensorElementType.UInt16 => Convert<ushort>(value, v => v),
        TensorElementType.UInt32 => Convert<uint>(value, v => v),
        TensorElementType.UInt64 => Convert<ulong>(value, v => v),
        TensorElementType.Int8 => Convert<sbyte>(value, v => v),
        TensorElementType.Int16 => Convert<short>(value, v => v),
        TensorElementType.Int32 => Convert<int>(value, v => v),
        TensorElementType.Int64 => Convert<long>(value, v => v),
        TensorElementType.Float16 => Convert<Float16>(value, v => (float)v),
        TensorElementType.BFloat16 => Convert<BFloat16>(value, v => (float)v),
        TensorElementType.Float => Convert<float>(value, v => v),
        TensorElementType.Double => Convert<double>(value, v => v),
        _ => null,
    };

    private static double[] Convert<T>(OrtValue value, Func<T, double> convert) where T : unmanaged
    {
        var elements = value.GetTensorDataAsSpan<T>();
        var numbers = new double[elements.Length];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = convert(elements[i]);
        return numbers;
    }
}
