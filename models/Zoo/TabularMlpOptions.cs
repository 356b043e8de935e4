namespace OnnxPipeline.Models.Zoo;

/// <summary>A perceptron over numbers and learnt embeddings of the categories, as in fastai's tabular model.</summary>
public sealed record TabularMlpOptions : DeepTabularOptions
{
    /// <summary>Whether the numbers are batch-normalised before the first layer; they are standardised in any case.</summary>
    public bool NumberNorm { get; init; } = true;

    /// <summary>Probability that an element of an embedding is dropped while training, in [0, 1).</summary>
    public double EmbeddingDropout { get; init; }
}
