namespace OnnxPipeline.Datasets.Batches.Augmentations;

/// <summary>Blackens a square. Its centre may be any pixel, so that part of it may lie outside, as in DeVries and Taylor, 2017.</summary>
internal sealed class Cutout(int side) : IAugmentation
{
    public void Apply(ImageView image, in AugmentedSample sample)
    {
        var hole = Hole(sample, image.Height, image.Width);
        for (var channel = 0; channel < image.Channels; channel++)
        {
            for (var row = hole.Top; row < hole.Bottom; row++) image.Row(channel, row).Slice(hole.Left, hole.Width).Clear();
        }
    }

    /// <summary>What the square covers of the image. The centre of an even side is the pixel below and right of its middle.</summary>
    public Rectangle Hole(in AugmentedSample sample, int height, int width)
    {
        var random = sample.Random(AugmentationStream.Cutout);
        var (top, left) = (random.Next(height) - (side / 2), random.Next(width) - (side / 2));
        return new Rectangle(Math.Max(0, top), Math.Max(0, left), Math.Min(height, top + side), Math.Min(width, left + side));
    }
}
