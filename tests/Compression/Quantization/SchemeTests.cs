using FsCheck;
using FsCheck.Fluent;
using OnnxPipeline.Compression.Quantization.Blocks;
using OnnxPipeline.Compression.Quantization.Half;
using OnnxPipeline.Compression.Quantization.Scheme;
using OnnxPipeline.Models;

namespace OnnxPipeline.Compression.Tests.Quantization;

public sealed class SchemeTests
{
    private static readonly IntegerRange[] Ranges = [IntegerRange.UInt8, IntegerRange.Int8, IntegerRange.SymmetricInt8, IntegerRange.ReducedInt8];

    private static readonly Gen<float> Reals = Gen.Choose(-1_000_000, 1_000_000).Select(i => i / 997f);

    [Fact]
    public void Inside_the_range_a_value_comes_back_within_half_a_scale()
    {
        var cases = from a in Reals from b in Reals from x in Reals from range in Gen.Elements(Ranges) from symmetric in Gen.Elements(true, false) select (a, b, x, range, symmetric);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var parameters = QuantizationParameters.Of(Math.Min(c.a, c.b), Math.Max(c.a, c.b), c.range, c.symmetric);
            var inside = (float)Math.Clamp(c.x, parameters.Lowest, parameters.Highest);
            return Math.Abs(parameters.Dequantize(parameters.Quantize(inside)) - inside) <= 0.5001 * parameters.Scale;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Zero_is_exact_and_the_zero_point_within_the_integers()
    {
        var cases = from a in Reals from b in Reals from range in Gen.Elements(Ranges) from symmetric in Gen.Elements(true, false) select (a, b, range, symmetric);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var parameters = QuantizationParameters.Of(Math.Min(c.a, c.b), Math.Max(c.a, c.b), c.range, c.symmetric);
            return parameters.Dequantize(parameters.Quantize(0)) == 0 && parameters.ZeroPoint >= c.range.Min && parameters.ZeroPoint <= c.range.Max;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(0, 0, 1, 0)]
    [InlineData(5, 5, 5f / 255, 0)]
    [InlineData(-3, -3, 3f / 255, 255)]
    public void A_range_of_no_width_still_gives_a_scale(double min, double max, float scale, int zero) =>
        Assert.Equal((scale, zero), (QuantizationParameters.Of(min, max, IntegerRange.UInt8, false).Scale, QuantizationParameters.Of(min, max, IntegerRange.UInt8, false).ZeroPoint));

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(1)]
    public void Weights_come_back_within_half_the_scale_of_their_channel(int? axis)
    {
        var weights = Random(5, 7, 3);
        weights.Span<float>().Slice(2 * 21, 21).Clear();
        var quantized = QuantizedWeights.Of(weights, axis, IntegerRange.SymmetricInt8);
        Assert.Equal(axis is { } a ? (int)weights.Dims[a] : 1, quantized.Scales.Length);
        for (var i = 0; i < quantized.Values.Length; i++)
        {
            var scale = quantized.Scales[axis switch { 0 => i / 21, 1 => i / 3 % 7, _ => 0 }];
            Assert.InRange(quantized.Values[i] * scale - weights.Span<float>()[i], -0.5001 * scale, 0.5001 * scale);
        }
        if (axis == 0) Assert.Equal(1, quantized.Scales[2]);
    }

    [Theory]
    [InlineData(4, 16, true, 32)]
    [InlineData(4, 32, false, 70)]
    [InlineData(4, 128, true, 5)]
    [InlineData(8, 64, false, 64)]
    [InlineData(8, 16, true, 17)]
    public void Blocks_come_back_within_half_their_scale(int bits, int blockSize, bool symmetric, int inputs)
    {
        var weights = Random(inputs, 6);
        var blocks = BlockWeights.Of(weights, new WeightOnlyQuantizeOptions { Bits = bits, BlockSize = blockSize, Symmetric = symmetric });
        var back = blocks.Dequantize();
        var top = (1 << bits) - 1;
        for (var i = 0; i < back.Length; i++)
        {
            var (output, block) = (i % 6, i / 6 / blockSize);
            var scale = blocks.Scales[output * blocks.Blocks + block];
            var zero = blocks.ZeroPoint(output, block);
            // A symmetric range has one integer less on one side, where the largest values are cut.
            var (from, to) = ((0 - zero) * scale, (top - zero) * scale);
            var kept = Math.Clamp(weights.Span<float>()[i], Math.Min(from, to), Math.Max(from, to));
            Assert.InRange(back[i] - kept, -0.5001 * Math.Abs(scale), 0.5001 * Math.Abs(scale));
        }
    }

    [Fact]
    public void Four_bit_values_are_packed_first_low_then_high()
    {
        var weights = Initializer.Create<float>("w", [.. Enumerable.Range(0, 16).Select(i => i - 8f)], 16, 1);
        var blocks = BlockWeights.Of(weights, new WeightOnlyQuantizeOptions { BlockSize = 16 });
        Assert.Equal([0x10, 0x32, 0x54, 0x76, 0x98, 0xBA, 0xDC, 0xFE], blocks.Packed);
        Assert.Equal([1f], blocks.Scales);
        Assert.Equal(weights.Span<float>().ToArray(), blocks.Dequantize());
    }

    [Theory]
    [InlineData(1f, 0x3F80)]
    [InlineData(1.00390625f, 0x3F80)]
    [InlineData(1.01171875f, 0x3F82)]
    [InlineData(-3.0e38f, 0xFF62)]
    public void BFloat16_rounds_to_nearest_and_ties_to_even(float value, int bits) => Assert.Equal(bits, HalfTensors.ToBFloat16(value));

    private static Initializer Random(params long[] dims)
    {
        var random = new System.Random(4);
        var tensor = Initializer.Zeros("w", ElementType.Float, dims);
        foreach (ref var value in tensor.Span<float>()) value = (float)(random.NextDouble() * 2 - 1.2);
        return tensor;
    }
}
