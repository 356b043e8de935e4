namespace OnnxPipeline.Models.Zoo;

/// <summary>Options every model of the registry has in common; each model's own record adds to them.</summary>
public abstract record ModelOptions;

/// <summary>A multi-layer perceptron: flatten, hidden layers, a linear head.</summary>
public sealed record MlpOptions : ModelOptions
{
    /// <summary>Units of each hidden layer.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [128, 64];

    public Activation Activation { get; init; } = Activation.Relu;

    public bool BatchNorm { get; init; }

    /// <summary>Probability that a hidden unit is dropped while training, in [0, 1).</summary>
    public double Dropout { get; init; }

    public Initialization Init { get; init; } = Initialization.PyTorch;
}

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

public enum Activation
{
    None,
    Relu,
    LeakyRelu,
    Tanh,
    Sigmoid,
    Gelu,
}

/// <summary>How weights begin. Sources: Glorot and Bengio 2010 (Xavier), He et al. 2015 (Kaiming); PyTorch is U(±1/√fan-in) for weights and biases.</summary>
public enum Initialization
{
    PyTorch,
    KaimingNormal,
    KaimingUniform,
    XavierNormal,
    XavierUniform,

    /// <summary>N(0, 1/√fan-in).</summary>
    Normal,
    Zeros,
}
