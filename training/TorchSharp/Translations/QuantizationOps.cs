using OnnxPipeline.Training.TorchSharp.Graphs;

namespace OnnxPipeline.Training.TorchSharp.Translations;

/// <summary>
/// Rounding to integers. A quantised value is carried as a float, so that gradients pass by the straight-through estimator; see the
/// gradient rules of the same ops for the formulas.
/// </summary>
internal static class QuantizationOps
{
    /// <summary>clamp(round(x/s) + z), whose gradient is that of clamp(x/s + z).</summary>
    public static TorchFunction QuantizeLinear(TorchNode node)
    {
        var (least, most) = node.OutputElement(0) switch
        {
            ElementType.UInt8 => (byte.MinValue, byte.MaxValue),
            ElementType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            ElementType.UInt16 => (ushort.MinValue, ushort.MaxValue),
            ElementType.Int16 => ((float)short.MinValue, (float)short.MaxValue),
            var other => throw TorchNode.Declined($"quantisation is covered for 8 and 16 bits; found {other}"),
        };
        var isLearnt = node.PassesGradientTo(1);
        return x =>
        {
            var ratio = x[0].div(Along(node, x[0], isLearnt ? x[1] : x[1].detach()));
            var rounded = ratio.add(ratio.round().sub(ratio).detach());
            if (x.Optional(2) is { } zero) rounded = rounded.add(Along(node, x[0], zero.to(ScalarType.Float32)));
            return rounded.clamp(least, most);
        };
    }

    /// <summary>s·(q − z).</summary>
    public static TorchFunction DequantizeLinear(TorchNode node)
    {
        var isLearnt = node.PassesGradientTo(1);
        return x =>
        {
            var values = x[0].to(ScalarType.Float32);
            if (x.Optional(2) is { } zero) values = values.sub(Along(node, x[0], zero.to(ScalarType.Float32)));
            return values.mul(Along(node, x[0], isLearnt ? x[1] : x[1].detach()));
        };
    }

    private static Tensor Along(TorchNode node, Tensor x, Tensor value)
    {
        if (value.numel() == 1) return value.reshape([]);
        var axis = node.Node.Int("axis", 1);
        var behind = x.dim() - 1 - (axis < 0 ? axis + x.dim() : axis);
        return value.reshape([-1, .. Enumerable.Repeat(1L, (int)behind)]);
    }
}
