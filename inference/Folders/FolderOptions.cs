namespace OnnxPipeline.Inference.Folders;

/// <summary>How many images are worked on at once.</summary>
public sealed record FolderOptions
{
    /// <summary>Images a model run.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Batches that are read and decoded at the same time.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;
}
