using System.Runtime.InteropServices;

namespace OnnxPipeline.Compression.Quantization.Scheme;

/// <summary>A weight as int8, symmetric about zero, with one scale for the tensor or one for each slice along an axis.</summary>
/// <param name="Values">Row-major, as the weight's.</param>
/// <param name="Scales">One, or one for each index of <paramref name="Axis"/>.</param>
/// <param name="Axis">The axis of the scales; null for a single one.</param>
internal sealed record QuantizedWeights(sbyte[] Values, float[] Scales, int? Axis)
{
    /// <param name="weights">A Float tensor of finite values.</param>
    /// <param name="axis">The axis along which each slice has its own scale; null for one scale.</param>
    /// <param name="integers">The integers to use.</param>
    /// <param name="smallestScale">By scale, the least it may be; null for none.</param>
    public static QuantizedWeights Of(Initializer weights, int? axis, IntegerRange integers, Func<int, double>? smallestScale = null)
    {
        var values = weights.Span<float>();
        var (slices, stride) = axis is { } along ? ((int)weights.Dims[along], (int)weights.Dims.Skip(along + 1).Aggregate(1L, (product, d) => product * d)) : (1, Math.Max(values.Length, 1));
        var largest = new float[slices];
        for (var i = 0; i < values.Length; i++)
        {
            ref var max = ref largest[i / stride % slices];
            max = Math.Max(max, Math.Abs(values[i]));
        }

        var parameters = new QuantizationParameters[slices];
        for (var s = 0; s < slices; s++)
        {
            var fitted = QuantizationParameters.Of(-largest[s], largest[s], integers, symmetric: true);
            parameters[s] = fitted with { Scale = Math.Max(fitted.Scale, (float)(smallestScale?.Invoke(s) ?? 0)) };
        }
        var quantized = new sbyte[values.Length];
        for (var i = 0; i < values.Length; i++) quantized[i] = (sbyte)parameters[i / stride % slices].Quantize(values[i]);
        return new QuantizedWeights(quantized, Array.ConvertAll(parameters, p => p.Scale), axis);
    }

    public Initializer ToInitializer(string name, IReadOnlyList<long> dims) => Initializer.FromBytes(name, ElementType.Int8, MemoryMarshal.AsBytes<sbyte>(Values), dims);

    /// <summary>The scales as a scalar, or as a vector along the axis.</summary>
    public Initializer ScalesToInitializer(string name) => Axis is null ? Initializer.Scalar(name, Scales[0]) : Initializer.Create<float>(name, Scales, Scales.Length);

    /// <summary>The zero points of the scales, all zero.</summary>
    public Initializer ZeroPointsToInitializer(string name) => Initializer.Zeros(name, ElementType.Int8, Axis is null ? [] : [Scales.Length]);
}
