namespace OnnxPipeline.Models.Zoo;

/// <summary>A perceptron with skip connections: a linear stem, blocks that add to what they are given, a linear head.</summary>
public sealed record ResidualMlpOptions : ModelOptions
{
    /// <summary>Units of the stem, and of every block's input and output.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Number of residual blocks.</summary>
    public int Blocks { get; init; } = 2;

    /// <summary>Units of the hidden layer inside each block; as many as <c>width</c> when left out.</summary>
    public int? Inner { get; init; }

    public Activation Activation { get; init; } = Activation.Relu;

    public bool BatchNorm { get; init; }

    /// <summary>Probability that a hidden unit of a block is dropped while training, in [0, 1).</summary>
    public double Dropout { get; init; }

    public Initialization Init { get; init; } = Initialization.PyTorch;
}
