namespace OnnxPipeline.Inference.Folders;

/// <summary>How many images are worked on at once, and which of them.</summary>
public sealed record FolderOptions
{
    /// <summary>Images a model run.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Images that are read and decoded at the same time; as many batches and three more are under way.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>The share of the inputs that is taken; what leads to no image counts as one.</summary>
    public Shard Shard { get; init; } = Shard.Whole;
}
