namespace OnnxPipeline.Models.Zoo;

/// <summary>Layers that multiply columns with each other, beside a perceptron, joined before the head.</summary>
public sealed record DeepCrossOptions : DeepTabularOptions
{
    public DeepCrossOptions()
    {
        Hidden = [32, 32];
        Dropout = 0.1;
        EmbeddingRule = EmbeddingRule.SquareRoot;
    }

    /// <summary>Number of cross layers; n of them form products of up to n + 1 columns.</summary>
    public int CrossLayers { get; init; } = 2;
}
