namespace OnnxPipeline.Compression.Quantization.Scheme;

/// <summary>
/// How reals become integers: q = round(x / scale) + zero point, held within the integers' range, and back x ≈ scale·(q − zero point).
/// Source: the definition of QuantizeLinear, https://onnx.ai/onnx/operators/onnx__QuantizeLinear.html.
/// </summary>
internal readonly record struct QuantizationParameters(float Scale, int ZeroPoint, IntegerRange Integers)
{
    /// <summary>
    /// Parameters for reals from <paramref name="min"/> to <paramref name="max"/>. The range is widened to hold zero, which is always
    /// exact: padding and ReLU produce it. A range of no width gets scale 1.
    /// </summary>
    public static QuantizationParameters Of(double min, double max, IntegerRange integers, bool symmetric)
    {
        (min, max) = (Math.Min(min, 0), Math.Max(max, 0));
        if (symmetric) (min, max) = (-Math.Max(-min, max), Math.Max(-min, max));
        var scale = (max - min) / integers.Steps;
        if (scale < FloatLimits.SmallestNormal) return new(1, symmetric ? Middle(integers) : Math.Clamp(0, integers.Min, integers.Max), integers);
        var zero = symmetric ? Middle(integers) : (int)Math.Round(integers.Min - min / scale);
        return new((float)scale, zero, integers);
    }

    /// <summary>The smallest real that is kept.</summary>
    public double Lowest => (double)Scale * (Integers.Min - ZeroPoint);

    /// <summary>The largest real that is kept.</summary>
    public double Highest => (double)Scale * (Integers.Max - ZeroPoint);

    public int Quantize(float value) => (int)Math.Clamp(MathF.Round(value / Scale) + ZeroPoint, Integers.Min, Integers.Max);

    public float Dequantize(int value) => (value - ZeroPoint) * Scale;

    private static int Middle(IntegerRange integers) => (int)Math.Round((integers.Min + integers.Max) / 2.0);
}
