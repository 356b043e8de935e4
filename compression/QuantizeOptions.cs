namespace OnnxPipeline.Compression;

/// <summary>How a float32 model is turned into one of fewer bits. The cases are the methods.</summary>
public abstract record QuantizeOptions
{
    /// <summary>Nodes that stay in float32 whatever else is done: their names, in which * stands for any characters.</summary>
    public IReadOnlyList<string> Float { get; init; } = [];

    /// <summary>
    /// The accuracy that may be lost on the validation part, in points of 0 to 100. Where more is lost, the nodes that harm the answers
    /// most stay in float32, one after another, until it holds. Null for no limit.
    /// </summary>
    public double? MaxDrop { get; init; }

    /// <summary>The mean absolute difference of a probability, or of a value in standard deviations of the target, up to which the quantised model counts as the same; a report says so where it is more.</summary>
    public double Tolerance { get; init; } = 0.02;

    /// <summary>The method's name as a recipe writes it.</summary>
    internal abstract string Method { get; }

    /// <summary>What is wrong with the options, each with the option it is about.</summary>
    internal virtual IEnumerable<(string Option, string Problem)> Validate() => [];
}

/// <summary>How the range of a value is found from what calibration saw of it.</summary>
public enum CalibrationMethod
{
    /// <summary>From the smallest to the largest value.</summary>
    MinMax,

    /// <summary>The range that holds a share of the values, the rest left out equally at both ends.</summary>
    Percentile,

    /// <summary>The range whose quantised distribution has the least Kullback-Leibler divergence from the values' own (Migacz 2017). It weighs how common values are, not how large: where one is very common, as after a constant background, it cuts off too much.</summary>
    Entropy,

    /// <summary>The range of least mean squared quantisation error.</summary>
    MeanSquared,
}

/// <summary>The integers that activations become.</summary>
public enum ActivationType
{
    UInt8,
    Int8,
}

/// <summary>
/// int8 weights and 8-bit activations whose scales are fixed beforehand, from samples of the training part: the quickest form for
/// convolutions. Written with QuantizeLinear and DequantizeLinear around each operator, which ONNX Runtime fuses into integer kernels.
/// </summary>
public sealed record StaticQuantizeOptions : QuantizeOptions
{
    /// <summary>Whether each output channel of a weight has a scale of its own; otherwise one scale serves the whole tensor.</summary>
    public bool PerChannel { get; init; } = true;

    public ActivationType Activations { get; init; } = ActivationType.UInt8;

    /// <summary>Whether an activation's range is the same on both sides of zero. Then no activation function can go into the rounding, and most models get slower than float32.</summary>
    public bool Symmetric { get; init; }

    /// <summary>Whether weights use 7 of their 8 bits: for processors before AVX-512 VNNI, whose 16-bit sums could saturate.</summary>
    public bool ReduceRange { get; init; }

    public CalibrationMethod Calibration { get; init; } = CalibrationMethod.MinMax;

    /// <summary>Samples of the training part that ranges are found from.</summary>
    public int CalibrationSamples { get; init; } = 512;

    /// <summary>Bins of a histogram on each side of zero, for every method but min-max.</summary>
    public int Bins { get; init; } = 2048;

    /// <summary>For percentile calibration, the share of values inside the range, in percent, above 50 and at most 100.</summary>
    public double Percentile { get; init; } = 99.99;

    /// <summary>Whether the channels of consecutive layers are first brought to like ranges (Nagel et al. 2019, section 4.1).</summary>
    public bool Equalize { get; init; }

    /// <summary>Whether biases take up the mean error that quantisation makes on the calibration samples (Nagel et al. 2019, section 4.2).</summary>
    public bool CorrectBias { get; init; }

    /// <summary>
    /// Whether convolutions whose outputs are sums of few products stay in float32, where ONNX Runtime computes them faster: of fewer than 16,
    /// or than 32 where a pooling follows, as over images of one or three channels. Not with <see cref="Everything"/>.
    /// </summary>
    public bool ThinInFloat { get; init; } = true;

    /// <summary>
    /// Whether the logits and what follows them are quantised too, and operators that no weighted one precedes, as ONNX Runtime's own
    /// tool does. It costs accuracy and saves next to no time.
    /// </summary>
    public bool Everything { get; init; }

    internal override string Method => "static";

    internal override IEnumerable<(string Option, string Problem)> Validate()
    {
        if (CalibrationSamples < 1) yield return (nameof(CalibrationSamples), $"expected at least 1, found {CalibrationSamples}.");
        if (Bins < 1) yield return (nameof(Bins), $"expected at least 1, found {Bins}.");
        if (!(Percentile is > 50 and <= 100)) yield return (nameof(Percentile), $"expected more than 50 and at most 100, found {Percentile}.");
    }
}

/// <summary>int8 weights of Gemm and MatMul; activations are quantised as they come, each by its own range. For fully connected models; convolutions stay in float32.</summary>
public sealed record DynamicQuantizeOptions : QuantizeOptions
{
    /// <summary>Whether each output of a weight has a scale of its own.</summary>
    public bool PerChannel { get; init; } = true;

    /// <summary>Whether weights use 7 of their 8 bits: for processors before AVX-512 VNNI, whose 16-bit sums could saturate.</summary>
    public bool ReduceRange { get; init; }

    internal override string Method => "dynamic";
}

/// <summary>Weights of Gemm and MatMul in blocks of 4 or 8 bits, each with a scale; activations stay in float32. Made for matrices so large that memory is what they wait for.</summary>
public sealed record WeightOnlyQuantizeOptions : QuantizeOptions
{
    /// <summary>Bits of a weight: 4 or 8.</summary>
    public int Bits { get; init; } = 4;

    /// <summary>Weights that share a scale, along the inputs: 16, 32, 64 or 128.</summary>
    public int BlockSize { get; init; } = 32;

    /// <summary>Whether zero is in the middle of every block's range; otherwise each block has a zero point of its own.</summary>
    public bool Symmetric { get; init; } = true;

    internal override string Method => "weight-only";

    internal override IEnumerable<(string Option, string Problem)> Validate()
    {
        if (Bits is not (4 or 8)) yield return (nameof(Bits), $"expected 4 or 8, found {Bits}.");
        if (BlockSize is not (16 or 32 or 64 or 128)) yield return (nameof(BlockSize), $"expected 16, 32, 64 or 128, found {BlockSize}.");
    }
}

/// <summary>
/// IEEE half precision, 11 significant bits and a largest value of 65504; inputs and outputs stay as they were. Half the size, and quick
/// where the device computes with it, as GPUs do; ONNX Runtime's CPU provider widens most of it again.
/// </summary>
public sealed record Float16QuantizeOptions : QuantizeOptions
{
    /// <summary>Operators whose nodes stay in float32: those that lose their meaning with few digits, or overflow.</summary>
    public IReadOnlyList<string> FloatOps { get; init; } = [Ops.Softmax, Ops.LogSoftmax, Ops.Exp, Ops.Log, Ops.Pow, Ops.ReduceMean, Ops.ReduceSum, Ops.LayerNormalization, Ops.InstanceNormalization];

    internal override string Method => "float16";
}

/// <summary>
/// Weights stored as bfloat16, 8 significant bits and float32's range, and widened when the model is loaded: half the size at float32's
/// speed. ONNX Runtime's CPU provider has no products in bfloat16.
/// </summary>
public sealed record BFloat16QuantizeOptions : QuantizeOptions
{
    internal override string Method => "bfloat16";
}
