namespace OnnxPipeline.Pipeline.Recipes;

/// <summary>How the exported model is measured on the test set.</summary>
internal sealed record EvaluateOptions
{
    /// <summary>Samples a batch.</summary>
    public int BatchSize { get; init; } = 512;
}
