namespace OnnxPipeline.Models.Zoo;

/// <summary>A multi-layer perceptron: flatten, hidden layers, a linear head.</summary>
public sealed record MlpOptions : ModelOptions
{
    /// <summary>Units of each hidden layer; an empty list for a linear model.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [128, 64];

    /// <summary>Number of hidden layers of <c>width</c> units each, in place of <c>hidden</c>.</summary>
    public int? Depth { get; init; }

    /// <summary>Units of each of the <c>depth</c> hidden layers.</summary>
    public int? Width { get; init; }

    public Activation Activation { get; init; } = Activation.Relu;

    public bool BatchNorm { get; init; }

    /// <summary>Where batch normalisation stands; before the activation in Ioffe and Szegedy 2015.</summary>
    public Placement BatchNormOrder { get; init; } = Placement.BeforeActivation;

    /// <summary>Probability that a hidden unit is dropped while training, in [0, 1).</summary>
    public double Dropout { get; init; }

    /// <summary>Where dropout stands; it comes after a batch normalisation on the same side.</summary>
    public Placement DropoutOrder { get; init; } = Placement.AfterActivation;

    public Initialization Init { get; init; } = Initialization.PyTorch;

    /// <summary>Units of each hidden layer, however they were given.</summary>
    internal IReadOnlyList<int> Layers => Depth is { } depth && Width is { } width ? [.. Enumerable.Repeat(width, Math.Max(0, depth))] : Hidden;
}
