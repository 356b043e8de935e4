using OnnxPipeline.Export.Signatures;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export.Samples;

/// <summary>One of the images that test-time augmentation makes of one.</summary>
/// <param name="Flip">Mirrored left to right, after it is moved.</param>
/// <param name="Shift">Pixels that it is moved up and to the left; what comes in at the edge is a reflection.</param>
/// <param name="Weight">Its share of the average.</param>
internal readonly record struct ImageVariant(bool Flip, int Shift, float Weight)
{
    /// <summary>The variants, the image itself first; their weights sum to 1.</summary>
    public static IReadOnlyList<ImageVariant> Of(TestTimeAugmentation? kind) => kind switch
    {
        null => [new(false, 0, 1)],
        TestTimeAugmentation.Flip => [new(false, 0, 0.5f), new(true, 0, 0.5f)],
        TestTimeAugmentation.FlipShift =>
        [
            new(false, 0, 0.25f), new(true, 0, 0.25f),
            new(false, -1, 0.125f), new(true, -1, 0.125f), new(false, 1, 0.125f), new(true, 1, 0.125f),
        ],
        _ => throw new NotSupportedException($"There is no test-time augmentation '{kind}'."),
    };

    /// <summary>The variant of images that lie one after the other, in the layout of <paramref name="image"/>.</summary>
    public byte[] Apply(byte[] pixels, ImageInput image)
    {
        if (!Flip && Shift == 0) return pixels;
        var result = new byte[pixels.Length];
        var hwc = image.Layout == ImageLayout.Hwc;
        var (planes, step) = hwc ? (1, image.Channels) : (image.Channels, 1);
        var row = image.Width * step;
        var count = pixels.Length / ImageShape.Bytes(image) * planes;
        for (var plane = 0; plane < count; plane++)
        {
            for (var y = 0; y < image.Height; y++)
            {
                var source = (plane * image.Height + Reflect(y + Shift, image.Height)) * row;
                var target = (plane * image.Height + y) * row;
                for (var x = 0; x < image.Width; x++)
                {
                    var from = Reflect((Flip ? image.Width - 1 - x : x) + Shift, image.Width);
                    pixels.AsSpan(source + from * step, step).CopyTo(result.AsSpan(target + x * step));
                }
            }
        }
        return result;
    }

    /// <summary>The edge itself is not repeated.</summary>
    private static int Reflect(int at, int size) => at < 0 ? -at : at >= size ? 2 * size - 2 - at : at;
}
