namespace OnnxPipeline.Models.Zoo;

/// <summary>A linear model over one-hot categories and numbers, added to a perceptron over embeddings and numbers.</summary>
public sealed record WideDeepOptions : DeepTabularOptions
{
    public WideDeepOptions()
    {
        Hidden = [32, 32];
        Dropout = 0.1;
        EmbeddingRule = EmbeddingRule.SquareRoot;
    }
}
