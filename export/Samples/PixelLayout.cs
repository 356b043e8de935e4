using OnnxPipeline.Export.Signatures;
using OnnxPipeline.Models.Metadata;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Export.Samples;

/// <summary>Turns images from the layout that samples have into the one that a model takes.</summary>
internal static class PixelLayout
{
    /// <param name="pixels">Images one after the other.</param>
    /// <param name="image">Their channels, height and width, and the layout wanted: by channels or by rows.</param>
    /// <param name="from">The layout they have.</param>
    public static byte[] Convert(byte[] pixels, ImageInput image, ImageLayout from)
    {
        if (from == image.Layout || image.Channels == 1) return pixels;
        var result = new byte[pixels.Length];
        var size = ImageShape.Bytes(image);
        for (var start = 0; start < pixels.Length; start += size)
        {
            var item = pixels.AsSpan(start, size);
            var target = result.AsSpan(start, size);
            if (from == ImageLayout.Chw) Image.FromChw(image.Width, image.Height, image.Channels, item).Pixels.CopyTo(target);
            else new Image(image.Width, image.Height, image.Channels, item.ToArray()).CopyToChw(target);
        }
        return result;
    }

    /// <summary>Images as an input that is this one has them: its shape, and its order of pixels.</summary>
    public static SampleInput Fit(SampleInput images, ImageInput image) =>
        images with { ItemShape = ImageShape.Of(image), Layout = image.Layout, Values = Convert((byte[])images.Values, image, images.Layout) };

    /// <summary>The images as PNG files, which keep every pixel.</summary>
    public static IEnumerable<byte[]> Encode(byte[] pixels, ImageInput image, ImageLayout from)
    {
        var rows = Convert(pixels, image with { Layout = ImageLayout.Hwc }, from);
        return rows.Chunk(ImageShape.Bytes(image)).Select(item => PngEncoder.Encode(new Image(image.Width, image.Height, image.Channels, item)));
    }
}
