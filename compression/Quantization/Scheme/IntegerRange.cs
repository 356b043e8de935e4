namespace OnnxPipeline.Compression.Quantization.Scheme;

/// <summary>The integers that a quantised tensor may hold.</summary>
/// <param name="Type">UInt8 or Int8.</param>
/// <param name="Min">The smallest.</param>
/// <param name="Max">The largest.</param>
internal readonly record struct IntegerRange(ElementType Type, int Min, int Max)
{
    public static readonly IntegerRange UInt8 = new(ElementType.UInt8, 0, 255);

    public static readonly IntegerRange Int8 = new(ElementType.Int8, -128, 127);

    /// <summary>int8 without −128, so that the range is the same on both sides of zero.</summary>
    public static readonly IntegerRange SymmetricInt8 = new(ElementType.Int8, -127, 127);

    /// <summary>7 bits of int8: two products of such a weight and a uint8 fit 16 bits.</summary>
    public static readonly IntegerRange ReducedInt8 = new(ElementType.Int8, -64, 64);

    public int Steps => Max - Min;

    public static IntegerRange OfWeights(bool reduced) => reduced ? ReducedInt8 : SymmetricInt8;

    public static IntegerRange OfActivations(ActivationType type, bool symmetric) =>
        type == ActivationType.UInt8 ? UInt8 : symmetric ? SymmetricInt8 : Int8;
}
