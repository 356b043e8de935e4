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
                for (var channel = 0; channel < image.Channels; channel++) image.Row(channel, y)[x] = Interpolate(before, channel, fromY, fromX);
            }
        }
    }

    private static byte Interpolate(ImageView image, int channel, double y, double x)
    {
        var (top, left) = ((int)Math.Floor(y), (int)Math.Floor(x));
        var (down, right) = (y - top, x - left);
        var upper = ((1 - right) * At(image, channel, top, left)) + (right * At(image, channel, top, left + 1));
        var lower = ((1 - right) * At(image, channel, top + 1, left)) + (right * At(image, channel, top + 1, left + 1));
        return (byte)(((1 - down) * upper) + (down * lower) + 0.5);
    }

    private static int At(ImageView image, int channel, int y, int x) =>
        (uint)y < (uint)image.Height && (uint)x < (uint)image.Width ? image.Row(channel, y)[x] : 0;
}
