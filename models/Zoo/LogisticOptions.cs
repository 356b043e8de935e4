namespace OnnxPipeline.Models.Zoo;

/// <summary>Logistic regression, of several classes softmax regression: one linear layer and no hidden one.</summary>
public sealed record LogisticOptions : ModelOptions
{
    public Initialization Init { get; init; } = Initialization.PyTorch;
}
