using OnnxPipeline.Export.Rewriting;

namespace OnnxPipeline.Compression.Quantization.Placement;

/// <summary>
/// A convolution each of whose outputs is a sum of few products, as the first one over an image with one or three channels. ONNX Runtime's
/// integer convolution first copies what each output reads, byte by byte, which then takes longer than its float one takes altogether;
/// but a float result must be rounded, and there is less of it behind a pooling.
/// </summary>
internal static class ThinConvolution
{
    /// <summary>With the first of two convolutions in float, batches of 32 took 0.66 of the time where it has 9 products, 1.16 where it has 27 (AVX-512 VNNI).</summary>
    private const int Least = 16;

    /// <summary>The same before a pooling by two: 0.36 with 9 products, 0.47 with 25, 0.60 with 27, 1.02 with 36.</summary>
    private const int LeastPooled = 32;

    public static bool Is(WeightedNode weighted, GraphTopology topology)
    {
        // By group, ONNX Runtime has an integer kernel that copies nothing.
        if (!weighted.Node.Is(Ops.Conv) || weighted.Node.Int("group", 1) != 1) return false;
        return weighted.Products < Least || weighted.Products < LeastPooled && IsPooled(weighted.Output, topology);
    }

    private static bool IsPooled(string value, GraphTopology topology)
    {
        var reader = topology.SoleConsumer(value);
        if (reader is not null && OperatorRoles.Of(reader) == OperatorRole.Cutting) reader = topology.SoleConsumer(reader.Outputs[0]);
        return reader is not null && (reader.Is(Ops.MaxPool) || reader.Is(Ops.AveragePool)) && reader.Ints("strides") is { } strides && strides.All(s => s > 1);
    }
}
