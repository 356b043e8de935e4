namespace OnnxPipeline.Models.Zoo;

/// <summary>A residual network for tables: a linear stem, normalised blocks that add to what they are given, a normalised head.</summary>
public sealed record ResidualTabularOptions : TabularOptions
{
    /// <summary>Units of the stem, and of every block's input and output.</summary>
    public int Width { get; init; } = 192;

    /// <summary>Number of residual blocks.</summary>
    public int Blocks { get; init; } = 3;

    /// <summary>Units of the hidden layer inside each block; twice <c>width</c> when left out.</summary>
    public int? Inner { get; init; }

    /// <summary>Probability that an element is dropped from what a block adds while training, in [0, 1).</summary>
    public double ResidualDropout { get; init; }
}
