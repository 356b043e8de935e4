using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Datasets.Images;

/// <summary>Brings images to one size.</summary>
internal static class ImageFitter
{
    public static Image Fit(Image image, ImageSize size, ImageFit fit) =>
        ImageResizer.Resize(fit == ImageFit.Crop ? CutMiddle(image, size) : image, size.Width, size.Height);

    /// <summary>The largest part of the size's proportions, in the middle; at least a pixel either way.</summary>
    private static Image CutMiddle(Image image, ImageSize size)
    {
        var tooWide = (long)image.Width * size.Height > (long)image.Height * size.Width;
        var width = tooWide ? Math.Max(1, (int)Math.Round(image.Height * (double)size.Width / size.Height)) : image.Width;
        var height = tooWide ? image.Height : Math.Max(1, (int)Math.Round(image.Width * (double)size.Height / size.Width));
        if (width == image.Width && height == image.Height) return image;

        var (left, top) = ((image.Width - width) / 2, (image.Height - height) / 2);
        var row = width * image.Channels;
        var pixels = new byte[height * row];
        for (var y = 0; y < height; y++) image.Pixels.AsSpan((((top + y) * image.Width) + left) * image.Channels, row).CopyTo(pixels.AsSpan(y * row));
        return new Image(width, height, image.Channels, pixels);
    }
}
