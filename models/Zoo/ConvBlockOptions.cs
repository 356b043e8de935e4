namespace OnnxPipeline.Models.Zoo;

/// <summary>
/// What the networks of convolution blocks have in common: N convolutions in groups of P, each full group closed by a pooling,
/// then hidden linear layers and a linear head.
/// </summary>
public abstract record ConvBlockOptions : ModelOptions
{
    /// <summary>Output channels, each number for <c>layersPerFilter</c> convolutions in a row.</summary>
    public IReadOnlyList<int> Filters { get; init; } = [32, 64];

    /// <summary>How many convolutions each number of <c>filters</c> stands for; with 1, <c>filters</c> lists every convolution.</summary>
    public int LayersPerFilter { get; init; } = 2;

    /// <summary>Convolutions in a group; those left over after the last full group are not pooled.</summary>
    public int PoolEvery { get; init; } = 2;

    /// <summary>Rows and columns of each convolution's kernel; a single number is for all of them.</summary>
    public IReadOnlyList<int> Kernels { get; init; } = [3];

    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>The slope of the leaky ReLU for negative inputs, without unit.</summary>
    public double LeakySlope { get; init; } = 0.01;

    /// <summary>Batch normalisation after each convolution.</summary>
    public bool BatchNorm { get; init; }

    /// <summary>Probability that a value is dropped after a convolution's activation while training, in [0, 1).</summary>
    public double Dropout { get; init; }

    public Pooling Pool { get; init; } = Pooling.Max;

    /// <summary>Rows and columns of the pooling window, in pixels.</summary>
    public int PoolKernel { get; init; } = 2;

    /// <summary>Pixels from one pooling window to the next; as many as <c>poolKernel</c> when left out.</summary>
    public int? PoolStride { get; init; }

    /// <summary>Pixels around the image before pooling, at most half of <c>poolKernel</c>.</summary>
    public int PoolPadding { get; init; }

    /// <summary>Units of each hidden linear layer between the last convolution and the head.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [100];

    public Initialization Init { get; init; } = Initialization.PyTorch;

    /// <summary>Every convolution, in order.</summary>
    internal IReadOnlyList<ConvSize> Convolutions =>
        [.. Filters.SelectMany(f => Enumerable.Repeat(f, LayersPerFilter)).Select((channels, i) => new ConvSize(channels, Kernels.Count == 1 ? Kernels[0] : Kernels[i]))];
}

/// <summary>Output channels of a convolution, and the rows and columns of its kernel.</summary>
internal readonly record struct ConvSize(int Channels, int Kernel);
