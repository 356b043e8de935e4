namespace OnnxPipeline.Runtime.Images;

/// <summary>A decoded image.</summary>
/// <param name="Width">Pixels a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Channels">1 for greyscale, 3 for RGB.</param>
/// <param name="Pixels">uint8 [height, width, channels], row-major: Width·Height·Channels bytes.</param>
public sealed record Image(int Width, int Height, int Channels, byte[] Pixels)
{
    /// <summary>The image whose pixels are [channels, height, width].</summary>
    /// <exception cref="ArgumentException">There are more or fewer of them.</exception>
    public static Image FromChw(int width, int height, int channels, ReadOnlySpan<byte> pixels)
    {
        if (pixels.Length != width * height * channels)
            throw new ArgumentException($"An image of {channels}x{height}x{width} has {width * height * channels} bytes, but {pixels.Length} were given.", nameof(pixels));
        var rows = new byte[pixels.Length];
        var plane = width * height;
        for (var channel = 0; channel < channels; channel++)
        {
            for (int i = 0, target = channel; i < plane; i++, target += channels) rows[target] = pixels[channel * plane + i];
        }
        return new Image(width, height, channels, rows);
    }

    /// <summary>Copies the pixels to [channels, height, width].</summary>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public void CopyToChw(Span<byte> destination)
    {
        if (destination.Length < Pixels.Length)
            throw new ArgumentException($"The image has {Pixels.Length} bytes ({Channels}x{Height}x{Width}), but the destination holds only {destination.Length}.", nameof(destination));
        if (Channels == 1)
        {
            Pixels.CopyTo(destination);
            return;
        }
        var plane = Width * Height;
        for (var channel = 0; channel < Channels; channel++)
        {
            var target = destination.Slice(channel * plane, plane);
            for (int i = 0, source = channel; i < target.Length; i++, source += Channels) target[i] = Pixels[source];
        }
    }

    /// <summary>The luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B, rounded to nearest; a grey image is itself.</summary>
    public Image ToGrey()
    {
        if (Channels == 1) return this;
        var grey = new byte[Width * Height];
        for (int i = 0, at = 0; i < grey.Length; i++, at += 3)
            grey[i] = (byte)((299 * Pixels[at] + 587 * Pixels[at + 1] + 114 * Pixels[at + 2] + 500) / 1000);
        return new Image(Width, Height, 1, grey);
    }
}
