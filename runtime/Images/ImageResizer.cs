namespace OnnxPipeline.Runtime.Images;

/// <summary>
/// Bilinear resizing in two passes, rows then columns. When it shrinks, the triangle is widened to the scale, so that every
/// source pixel counts (antialiasing); when it grows, it is plain bilinear with pixel centres at halves and edges repeated.
/// </summary>
public static class ImageResizer
{
    /// <summary>The image at another size; the same object when it has that size already.</summary>
    public static Image Resize(Image image, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (image.Width == width && image.Height == height) return image;

        var channels = image.Channels;
        var horizontal = Taps.For(image.Width, width);
        var vertical = Taps.For(image.Height, height);
        var narrowed = new float[image.Height * width * channels];
        for (var y = 0; y < image.Height; y++)
        {
            var source = image.Pixels.AsSpan(y * image.Width * channels, image.Width * channels);
            for (var x = 0; x < width; x++)
            {
                var (first, weights) = horizontal[x];
                for (var channel = 0; channel < channels; channel++)
                {
                    var sum = 0f;
                    for (var k = 0; k < weights.Length; k++) sum += weights[k] * source[(first + k) * channels + channel];
                    narrowed[(y * width + x) * channels + channel] = sum;
                }
            }
        }

        var pixels = new byte[height * width * channels];
        var row = width * channels;
        for (var y = 0; y < height; y++)
        {
            var (first, weights) = vertical[y];
            for (var i = 0; i < row; i++)
            {
                var sum = 0f;
                for (var k = 0; k < weights.Length; k++) sum += weights[k] * narrowed[(first + k) * row + i];
                pixels[y * row + i] = (byte)Math.Clamp(sum + 0.5f, 0, 255);
            }
        }
        return new Image(width, height, channels, pixels);
    }

    /// <summary>The source pixels that make one target pixel: the first of them and their weights, which sum to 1.</summary>
    private readonly record struct Taps(int First, float[] Weights)
    {
        public static Taps[] For(int source, int target)
        {
            var scale = (double)source / target;
            var radius = Math.Max(scale, 1);
            var taps = new Taps[target];
            for (var i = 0; i < target; i++)
            {
                var center = (i + 0.5) * scale;
                var first = Math.Max(0, (int)Math.Floor(center - radius));
                var last = Math.Min(source - 1, (int)Math.Ceiling(center + radius) - 1);
                var weights = new double[last - first + 1];
                for (var k = 0; k < weights.Length; k++) weights[k] = Math.Max(0, 1 - Math.Abs(first + k + 0.5 - center) / radius);
                var sum = weights.Sum();
                taps[i] = new Taps(first, Array.ConvertAll(weights, w => (float)(w / sum)));
            }
            return taps;
        }
    }
}
