namespace OnnxPipeline.Inference.Folders;

/// <summary>What became of one image: a prediction, or why there is none.</summary>
public sealed record FolderRow(string Path, Prediction? Prediction, string? Error)
{
    /// <summary>The most probable class; null for a row with an error.</summary>
    public string? Label => Prediction?.Top.Label;

    /// <summary>Its probability, from 0 to 1; null for a row with an error.</summary>
    public float? Probability => Prediction?.Top.Probability;
}
