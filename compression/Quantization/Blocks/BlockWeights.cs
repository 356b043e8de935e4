namespace OnnxPipeline.Compression.Quantization.Blocks;

/// <summary>
/// A matrix in blocks of 4 or 8 bits, packed as MatMulNBits reads it: output by output, block by block along the inputs, two 4-bit
/// values a byte with the first in the low half; w ≈ scale·(q − zero point).
/// Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.MatMulNBits.
/// </summary>
internal sealed record BlockWeights
{
    public required int Inputs { get; init; }

    public required int Outputs { get; init; }

    public required int Bits { get; init; }

    public required int BlockSize { get; init; }

    /// <summary>[outputs, blocks, bytes of a block].</summary>
    public required byte[] Packed { get; init; }

    /// <summary>[outputs, blocks].</summary>
    public required float[] Scales { get; init; }

    /// <summary>[outputs, bytes of all blocks' zero points], packed like the values; null where each is half the range.</summary>
    public required byte[]? ZeroPoints { get; init; }

    public int Blocks => (Inputs + BlockSize - 1) / BlockSize;

    public int BlockBytes => BlockSize * Bits / 8;

    private int ZeroPointBytes => (Blocks * Bits + 7) / 8;

    private int Middle => 1 << (Bits - 1);

    /// <param name="weights">Float, [inputs, outputs].</param>
    /// <param name="options">Bits, block size and zero points.</param>
    public static BlockWeights Of(Initializer weights, WeightOnlyQuantizeOptions options)
    {
        var (inputs, outputs) = ((int)weights.Dims[0], (int)weights.Dims[1]);
        var blocks = (inputs + options.BlockSize - 1) / options.BlockSize;
        var made = new BlockWeights
        {
            Inputs = inputs,
            Outputs = outputs,
            Bits = options.Bits,
            BlockSize = options.BlockSize,
            Packed = new byte[outputs * blocks * options.BlockSize * options.Bits / 8],
            Scales = new float[outputs * blocks],
            ZeroPoints = options.Symmetric ? null : new byte[outputs * ((blocks * options.Bits + 7) / 8)],
        };
        var values = weights.Span<float>();
        var block = new float[options.BlockSize];
        for (var output = 0; output < outputs; output++)
        {
            for (var b = 0; b < blocks; b++)
            {
                for (var i = 0; i < block.Length; i++)
                {
                    var input = b * block.Length + i;
                    block[i] = input < inputs ? values[input * outputs + output] : 0;
                }
                made.Write(output, b, block);
            }
        }
        return made;
    }

    /// <summary>The weights that the integers stand for, [inputs, outputs].</summary>
    public float[] Dequantize()
    {
        var values = new float[Inputs * Outputs];
        for (var output = 0; output < Outputs; output++)
        {
            for (var input = 0; input < Inputs; input++)
            {
                var block = input / BlockSize;
                var quantized = Read(Packed, (output * Blocks + block) * BlockBytes, input % BlockSize);
                values[input * Outputs + output] = Scales[output * Blocks + block] * (quantized - ZeroPoint(output, block));
            }
        }
        return values;
    }

    /// <summary>The integer that stands for zero in a block.</summary>
    public int ZeroPoint(int output, int block) => ZeroPoints is null ? Middle : Read(ZeroPoints, output * ZeroPointBytes, block);

    private void Write(int output, int block, ReadOnlySpan<float> values)
    {
        var top = (1 << Bits) - 1;
        var (scale, zero) = ZeroPoints is null ? SymmetricScale(values) : RangeScale(values, top);
        Scales[output * Blocks + block] = scale;
        if (ZeroPoints is not null) Put(ZeroPoints, output * ZeroPointBytes, block, zero);
        for (var i = 0; i < values.Length; i++)
            Put(Packed, (output * Blocks + block) * BlockBytes, i, (int)Math.Clamp(MathF.Round(values[i] / scale) + zero, 0, top));
    }

    /// <summary>The value of largest magnitude, whatever its sign, becomes the lowest integer, of which there is one more than of positive ones; the scale has its sign reversed.</summary>
    private (float Scale, int Zero) SymmetricScale(ReadOnlySpan<float> values)
    {
        var largest = 0f;
        foreach (var value in values) largest = Math.Abs(value) > Math.Abs(largest) ? value : largest;
        var scale = largest / -Middle;
        return (Math.Abs(scale) < Scheme.FloatLimits.SmallestNormal ? 1 : scale, Middle);
    }

    private (float Scale, int Zero) RangeScale(ReadOnlySpan<float> values, int top)
    {
        var (min, max) = (0f, 0f);
        foreach (var value in values) (min, max) = (Math.Min(min, value), Math.Max(max, value));
        var scale = (max - min) / top;
        return scale < Scheme.FloatLimits.SmallestNormal ? (1, Middle) : (scale, (int)Math.Clamp(MathF.Round(-min / scale), 0, top));
    }

    private int Read(byte[] packed, int start, int index) => Bits == 8 ? packed[start + index] : packed[start + index / 2] >> (index % 2 * 4) & 0xF;

    private void Put(byte[] packed, int start, int index, int value)
    {
        if (Bits == 8) packed[start + index] = (byte)value;
        else packed[start + index / 2] |= (byte)(value << (index % 2 * 4));
    }
}
