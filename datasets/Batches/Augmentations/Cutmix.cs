using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Batches.Augmentations;

/// <summary>Shows part of one image in another.</summary>
internal static class Cutmix
{
    /// <summary>A rectangle of the image's proportions and 1 - <paramref name="share"/> of its area, centred on a random pixel and clipped at the edges.</summary>
    public static Rectangle Hole(ref CounterRandom random, double share, int height, int width)
    {
        var side = Math.Sqrt(1 - share);
        var (high, wide) = ((int)(height * side), (int)(width * side));
        var (top, left) = (random.Next(height) - (high / 2), random.Next(width) - (wide / 2));
        return new Rectangle(Math.Max(0, top), Math.Max(0, left), Math.Min(height, top + high), Math.Min(width, left + wide));
    }

    /// <summary>The share of the image that the rectangle leaves.</summary>
    public static float Weight(Rectangle hole, int height, int width) => 1 - ((hole.Bottom - hole.Top) * hole.Width / (float)(height * width));

    /// <summary>Copies what <paramref name="other"/>, of the same shape, has in the rectangle.</summary>
    public static void Paste(ImageView image, Span<byte> other, Rectangle hole)
    {
        var source = new ImageView(other, default, image.Height, image.Width);
        for (var channel = 0; channel < image.Channels; channel++)
        {
            for (var row = hole.Top; row < hole.Bottom; row++) source.Row(channel, row).Slice(hole.Left, hole.Width).CopyTo(image.Row(channel, row)[hole.Left..]);
        }
    }
}
