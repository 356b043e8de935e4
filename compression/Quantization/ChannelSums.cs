namespace OnnxPipeline.Compression.Quantization;

/// <summary>Sums of a tensor's elements by their index along one axis.</summary>
internal static class ChannelSums
{
    public static double[] Of(Initializer tensor, int axis) => Of(tensor.Span<float>(), tensor.Dims, axis);

    public static double[] Of(ReadOnlySpan<float> values, IReadOnlyList<long> dims, int axis)
    {
        var stride = (int)dims.Skip(axis + 1).Aggregate(1L, (product, d) => product * d);
        var sums = new double[dims[axis]];
        for (var i = 0; i < values.Length; i++) sums[i / stride % sums.Length] += values[i];
        return sums;
    }
}
