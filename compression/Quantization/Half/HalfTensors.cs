using System.Runtime.InteropServices;

namespace OnnxPipeline.Compression.Quantization.Half;

/// <summary>Float32 tensors as 16-bit ones, rounded to nearest, ties to even.</summary>
internal static class HalfTensors
{
    private const float LargestFloat16 = 65504;

    /// <summary>The first value that the type has no finite number near, or null. A value that rounds to zero is not one: nothing is lost with it but itself.</summary>
    public static float? FirstOutside(Initializer tensor, ElementType type)
    {
        foreach (var value in tensor.Span<float>())
        {
            if (!float.IsFinite(value) || type == ElementType.Float16 && Math.Abs(value) > LargestFloat16) return value;
        }
        return null;
    }

    /// <param name="tensor">Float.</param>
    /// <param name="type">Float16 or BFloat16.</param>
    /// <param name="name">The new tensor's name.</param>
    public static Initializer Convert(Initializer tensor, ElementType type, string name)
    {
        var values = tensor.Span<float>();
        var bits = new ushort[values.Length];
        for (var i = 0; i < bits.Length; i++) bits[i] = type == ElementType.Float16 ? BitConverter.HalfToUInt16Bits((System.Half)values[i]) : ToBFloat16(values[i]);
        return Initializer.FromBytes(name, type, MemoryMarshal.AsBytes<ushort>(bits), tensor.Dims);
    }

    /// <summary>The upper half of a float's bits, rounded.</summary>
    public static ushort ToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }
}
