namespace OnnxPipeline.Runtime.Images;

/// <summary>
/// Decodes image files to raw pixels. Thread-safe. What it makes of the variants of a file:
/// <list type="bullet">
/// <item>PNG and JPEG: by ONNX Runtime Extensions. PNG of 16 bits keeps the upper 8; a palette becomes RGB. Interlaced PNG and
/// JPEG in CMYK, lossless or with arithmetic coding are refused, because that decoder would give wrong pixels or end the process.</item>
/// <item>Transparency is dropped: the colour stored under it is what counts.</item>
/// <item>GIF: the first frame. BMP: uncompressed, 1 to 32 bits a pixel.</item>
/// <item>Greyscale of a colour is its ITU-R BT.601 luma; RGB of a grey is three times that grey.</item>
/// <item>The EXIF orientation is not applied; pixels come as they are stored.</item>
/// </list>
/// </summary>
public static class ImageDecoder
{
    /// <summary>Decodes an image file's bytes.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="channels">1 for greyscale, 3 for RGB.</param>
    /// <param name="limits">The largest image to accept; null for the defaults.</param>
    /// <param name="source">Names the image at the head of errors, for example its path; null leaves that to the caller.</param>
    /// <exception cref="ImageException">The bytes are no such image, damaged, or beyond the limits.</exception>
    public static Image Decode(ReadOnlySpan<byte> encoded, int channels, ImageLimits? limits = null, string? source = null)
    {
        if (channels is not (1 or 3))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "An image is decoded to 1 channel (greyscale) or 3 (RGB).");
        try
        {
            var header = Check(encoded, limits ?? ImageLimits.Default);
            var rgb = header.Format switch
            {
                ImageFormat.Png => DecodeImageSession.Decode(PngStructure.Check(encoded)),
                ImageFormat.Jpeg => DecodeImageSession.Decode(JpegStructure.Check(encoded)),
                ImageFormat.Gif => GifDecoder.Decode(encoded),
                _ => BmpDecoder.Decode(encoded),
            };
            return channels == 3 ? rgb : rgb.ToGrey();
        }
        catch (ImageException exception) when (source is not null)
        {
            throw new ImageException($"{source}: {exception.Message}", exception.InnerException);
        }
    }

    /// <summary>Whether ONNX Runtime Extensions' DecodeImage may be given the bytes of a file, for graphs that decode by themselves: on some it would end the process.</summary>
    /// <param name="encoded">The whole file.</param>
    /// <param name="limits">The largest image to accept; null for the defaults.</param>
    /// <param name="source">Names the image at the head of errors; null leaves that to the caller.</param>
    /// <exception cref="ImageException">The bytes are no PNG or JPEG that it decodes, damaged, or beyond the limits.</exception>
    public static void CheckDecodable(ReadOnlySpan<byte> encoded, ImageLimits? limits = null, string? source = null)
    {
        try
        {
            switch (Check(encoded, limits ?? ImageLimits.Default).Format)
            {
                case ImageFormat.Png: PngStructure.Check(encoded); break;
                case ImageFormat.Jpeg: JpegStructure.Check(encoded); break;
                case var format: throw new ImageException($"the image is a {format}, which this model does not decode; it takes PNG and JPEG files.");
            }
        }
        catch (ImageException exception) when (source is not null)
        {
            throw new ImageException($"{source}: {exception.Message}", exception.InnerException);
        }
    }

    private static ImageHeader Check(ReadOnlySpan<byte> encoded, ImageLimits limits)
    {
        if (encoded.Length > limits.MaxBytes) throw new ImageException($"the file has {encoded.Length} bytes, more than the {limits.MaxBytes} that are allowed; raise {nameof(ImageLimits)}.{nameof(ImageLimits.MaxBytes)}.");
        if (encoded.IsEmpty) throw new ImageException("the file is empty; expected a PNG, JPEG, GIF or BMP image.");
        if (!ImageHeader.TryRead(encoded, out var found))
        {
            throw new ImageException(ImageHeader.Sniff(encoded) is { } format
                ? $"the {format} image is damaged or cut short: its {encoded.Length} bytes end before its size is stated."
                : $"not an image that can be read; expected a PNG, JPEG, GIF or BMP file, found bytes that begin with {Convert.ToHexString(encoded[..Math.Min(8, encoded.Length)])}.");
        }
        var header = found.Value;
        if (header.Width <= 0 || header.Height <= 0)
            throw new ImageException($"the {header.Format} image is damaged: its header says {header.Width}x{header.Height} pixels.");
        if (Math.Max(header.Width, header.Height) > limits.MaxSide || header.Width * header.Height > limits.MaxPixels)
            throw new ImageException($"the {header.Format} image says it is {header.Width}x{header.Height} pixels, more than the {limits.MaxPixels} pixels, or {limits.MaxSide} a side, that are allowed; make it smaller or raise {nameof(ImageLimits)}.");
        return header;
    }
}
