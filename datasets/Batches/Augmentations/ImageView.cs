namespace OnnxPipeline.Datasets.Batches.Augmentations;

/// <summary>An image to change in place: uint8 [channels, height, width].</summary>
/// <param name="pixels">The image.</param>
/// <param name="spare">At least as many bytes, for a copy of it.</param>
/// <param name="height">Rows.</param>
/// <param name="width">Pixels of a row.</param>
internal readonly ref struct ImageView(Span<byte> pixels, Span<byte> spare, int height, int width)
{
    private readonly Span<byte> _spare = spare;

    public Span<byte> Pixels { get; } = pixels;

    public int Height { get; } = height;

    public int Width { get; } = width;

    /// <summary>Pixels of a channel.</summary>
    public int PlaneSize => Height * Width;

    public int Channels => Pixels.Length / PlaneSize;

    public Span<byte> Row(int channel, int row) => Pixels.Slice(((channel * Height) + row) * Width, Width);

    /// <summary>The image as it is now, to read from while it is rewritten; valid until the next snapshot.</summary>
    public ImageView Snapshot()
    {
        Pixels.CopyTo(_spare);
        return new ImageView(_spare[..Pixels.Length], default, Height, Width);
    }
}
