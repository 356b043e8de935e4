namespace OnnxPipeline.Models.Zoo;

/// <summary>Options of the models of tables that learn an embedding of each category.</summary>
public abstract record TabularOptions : ModelOptions
{
    /// <summary>The size of each column's embedding by the number of its categories.</summary>
    public EmbeddingRule EmbeddingRule { get; init; } = EmbeddingRule.Half;

    /// <summary>Numbers that a category becomes, the same for every column; by <see cref="EmbeddingRule"/> when left out.</summary>
    public int? EmbeddingSize { get; init; }

    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Probability that a hidden unit is dropped while training, in [0, 1).</summary>
    public double Dropout { get; init; }

    public Initialization Init { get; init; } = Initialization.PyTorch;
}
