namespace OnnxPipeline.Models.Shapes;

/// <summary>Rules of quantisation: scale and zero point are scalars, one value along an axis, or blocks.</summary>
internal static class QuantizationShapes
{
    public static TensorType[] Quantize(NodeContext c)
    {
        CheckParameters(c);
        var declared = (ElementType)c.Node.Int("output_dtype", 0);
        var element = c.Optional(2)?.Element ?? (declared == ElementType.Undefined ? ElementType.UInt8 : declared);
        return [new(element, c.Shape(0))];
    }

    public static TensorType[] Dequantize(NodeContext c)
    {
        CheckParameters(c);
        c.Element(0, 2);
        return [new(c.Type(1).Element, c.Shape(0))];
    }

    /// <summary>The uint8 values, their scale and zero point.</summary>
    public static TensorType[] DynamicQuantize(NodeContext c) =>
        [new(ElementType.UInt8, c.Shape(0)), new(c.FloatElement(0), TensorShape.Scalar), new(ElementType.UInt8, TensorShape.Scalar)];

    private static void CheckParameters(NodeContext c)
    {
        if (c.Shape(1) is not { } scale) return;
        if (c.Optional(2)?.Shape is { } zero && !Dimensions.MayEqual(zero, scale))
            throw c.Error($"a zero point of the scale's shape {scale}", $"'{c.Node.Inputs[2]}' {zero}");
        if (scale.Rank != 1 || scale[0].Size == 1 || c.Shape(0) is not { Rank: > 0 } x) return;
        var axis = c.Axis(c.Node.Int("axis", 1), x.Rank);
        if (!Dimensions.MayEqual(x[axis], scale[0]))
            throw c.Error($"a scale of {x[axis]} values, the size of axis {axis} of {x}", $"'{c.Node.Inputs[1]}' {scale}");
    }
}
