namespace OnnxPipeline.Training.Autodiff.Rules;

/// <summary>
/// Gradients of rounding to integers, by the straight-through estimator: rounding counts as the identity, and clamping as what it is.
/// The gradient of a quantised value is that of the real number it stands for, so that QuantizeLinear followed by DequantizeLinear of the
/// same scale s and zero point z has ∂x = g inside the range and 0 outside, and ∂s as learned step sizes have it: round(x/s) − x/s inside,
/// the nearer end of the range outside.
/// Source: Bengio, Léonard and Courville, "Estimating or propagating gradients through stochastic neurons", 2013; Esser et al.,
/// "Learned step size quantization", 2020, equation 3.
/// </summary>
internal static class QuantizationRules
{
    /// <summary>q = clamp(round(x/s) + z): ∂x = g where round(x/s) + z is in the range of q's type, else 0; ∂s = −Σ ∂x·x/s.</summary>
    public static IReadOnlyList<string?> QuantizeLinear(GradientContext c)
    {
        var (least, most) = RangeOf(c);
        var ratio = c.Op(Ops.Div, c.X(), AlongAxis(c, c.X(1)));
        var rounded = c.Op(Ops.Round, ratio);
        var inside = c.Op(Ops.And, c.Op(Ops.GreaterOrEqual, rounded, Bound(c, least)), c.Op(Ops.LessOrEqual, rounded, Bound(c, most)));
        var gradient = c.Op(Ops.Mul, c.Gradient, c.ToFloat(inside));
        return [gradient, c.Needs(1) ? c.Op(Ops.Neg, SumToScale(c, c.Op(Ops.Mul, gradient, ratio))) : null, null];
    }

    /// <summary>y = s·(q − z): ∂q = g, of the real number that q stands for; ∂s = Σ g·y/s.</summary>
    public static IReadOnlyList<string?> DequantizeLinear(GradientContext c) =>
        [c.Gradient, c.Needs(1) ? SumToScale(c, c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Div, c.Y(), AlongAxis(c, c.X(1))))) : null, null];

    /// <summary>An end of the range less the zero point.</summary>
    private static string Bound(GradientContext c, float end) => c.Node.Input(2) is { } zero
        ? c.Op(Ops.Sub, c.Constant(end), AlongAxis(c, c.ToFloat(zero), c.Shape(c.X(1))))
        : c.Constant(end);

    private static (float Least, float Most) RangeOf(GradientContext c) => c.Element(c.Y()) switch
    {
        ElementType.UInt8 => (byte.MinValue, byte.MaxValue),
        ElementType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        ElementType.UInt16 => (ushort.MinValue, ushort.MaxValue),
        ElementType.Int16 => (short.MinValue, short.MaxValue),
        var other => throw new AutodiffException($"{c.Node.DisplayName}: the gradient of QuantizeLinear covers 8 and 16 bits; found {other}."),
    };

    private static string AlongAxis(GradientContext c, string value) => AlongAxis(c, value, c.Shape(value));

    /// <summary>A value for each place along the axis in a shape that broadcasts there; one value alone stays.</summary>
    private static string AlongAxis(GradientContext c, string value, TensorShape shape)
    {
        if (IsSingle(c, shape)) return value;
        var behind = c.Shape(c.X()).Rank - 1 - Axis(c);
        return behind == 0 ? value : c.Op(Ops.Reshape, value, c.Writer.Constant([-1, .. Enumerable.Repeat(1L, behind)]));
    }

    private static string SumToScale(GradientContext c, string value)
    {
        var (shape, rank) = (c.Shape(c.X(1)), c.Shape(c.X()).Rank);
        if (!IsSingle(c, shape)) return c.ReduceSum(value, [.. Enumerable.Range(0, rank).Where(axis => axis != Axis(c)).Select(axis => (long)axis)], keepDims: false);
        var sum = c.Writer.Total(value);
        return shape.Rank == 0 ? sum : c.Op(Ops.Reshape, sum, c.Writer.Constant(1));
    }

    private static bool IsSingle(GradientContext c, TensorShape scale) => scale switch
    {
        { Rank: 0 } => true,
        { Rank: 1 } => scale[0].Size == 1,
        _ => throw new AutodiffException($"{c.Node.DisplayName}: the gradient of {c.Node.OpType} covers one scale, or one for each place along an axis; found scales {scale}."),
    };

    private static int Axis(GradientContext c) => GradientContext.Axis(c.Node.Int("axis", 1), c.Shape(c.X()).Rank);
}
