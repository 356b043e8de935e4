namespace OnnxPipeline.Datasets.Batches.Augmentations;

/// <summary>Turns the image about its centre by an angle that is uniform in [-largest, largest] degrees.</summary>
internal sealed class Rotation(double largest) : IAugmentation
{
    public void Apply(ImageView image, in AugmentedSample sample) => Turn(image, Angle(sample));

    /// <summary>In degrees, counter-clockwise.</summary>
    public double Angle(in AugmentedSample sample) => ((2 * sample.Random(AugmentationStream.Rotation).NextDouble()) - 1) * largest;

    /// <summary>
    /// Looks each pixel up where the opposite turn takes it, between four pixels, those beyond the edge being zero:
    /// x' = cx + cos(a) (x - cx) - sin(a) (y - cy), y' = cy + sin(a) (x - cx) + cos(a) (y - cy), with y downwards.
    /// </summary>
    public static void Turn(ImageView image, double degrees)
    {
        var before = image.Snapshot();
        var (sin, cos) = Math.SinCos(degrees * Math.PI / 180);
        var (centreX, centreY) = ((image.Width - 1) / 2.0, (image.Height - 1) / 2.0);
        for (var y = 0; y < image.Height; y++)
        {
            for (var x = 0; x < image.Width; x++)
            {
                var fromX = centreX + (cos * (x - centreX)) - (sin * (y - centreY));
                var fromY = centreY + (sin * (x - centreX)) + (cos * (y - centreY));
                Interpolate(before, image, (y * image.Width) + x, fromY, fromX);
            }
        }
    }

    /// <summary>Sets pixel <paramref name="index"/> of every channel to what <paramref name="source"/> has at (y, x), which need not be whole.</summary>
    private static void Interpolate(ImageView source, ImageView target, int index, double y, double x)
    {
        var (top, left) = ((int)Math.Floor(y), (int)Math.Floor(x));
        var (down, right) = ((float)(y - top), (float)(x - left));
        var (height, width) = (source.Height, source.Width);
        var (above, below) = ((uint)top < (uint)height ? 1 - down : 0, (uint)(top + 1) < (uint)height ? down : 0);
        var (before, after) = ((uint)left < (uint)width ? 1 - right : 0, (uint)(left + 1) < (uint)width ? right : 0);

        // Pixels beyond the edge weigh nothing; any others stand in for them.
        var (upper, lower) = (Math.Clamp(top, 0, height - 1) * width, Math.Clamp(top + 1, 0, height - 1) * width);
        var (first, second) = (Math.Clamp(left, 0, width - 1), Math.Clamp(left + 1, 0, width - 1));
        for (var plane = 0; plane < source.Pixels.Length; plane += source.PlaneSize)
        {
            var pixels = source.Pixels.Slice(plane, source.PlaneSize);
            var value = (above * ((before * pixels[upper + first]) + (after * pixels[upper + second]))) + (below * ((before * pixels[lower + first]) + (after * pixels[lower + second])));
            target.Pixels[plane + index] = (byte)(value + 0.5f);
        }
    }
}
