namespace OnnxPipeline.Datasets.Batches.Augmentations;

/// <summary>Rows [Top, Bottom) and columns [Left, Right) of every channel.</summary>
internal readonly record struct Rectangle(int Top, int Left, int Bottom, int Right)
{
    public int Width => Right - Left;
}
