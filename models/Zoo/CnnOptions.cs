namespace OnnxPipeline.Models.Zoo;

/// <summary>Blocks of 3x3 convolutions, each block closed by a 2x2 max pooling, then a linear head.</summary>
public sealed record CnnOptions : ModelOptions
{
    /// <summary>Output channels of every convolution, block by block.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Channels { get; init; } = [[32, 32], [64, 64], [128, 128]];

    public Activation Activation { get; init; } = Activation.Relu;

    public bool BatchNorm { get; init; } = true;

    /// <summary>Probability that a channel's value is dropped after each pooling while training, in [0, 1).</summary>
    public double Dropout { get; init; }

    /// <summary>Units of the hidden linear layer before the head; 0 for none.</summary>
    public int Hidden { get; init; }

    /// <summary>Average over all positions before the head, instead of flattening them.</summary>
    public bool GlobalPool { get; init; }

    public Initialization Init { get; init; } = Initialization.PyTorch;
}
