using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Batches.Augmentations;

/// <summary>Changes brightness, then contrast, then saturation, each by a random factor; 1 leaves every value as it is.</summary>
internal sealed class ColorJitter(ColorJitterOptions options) : IAugmentation
{
    public void Apply(ImageView image, in AugmentedSample sample)
    {
        var (brightness, contrast, saturation) = Factors(sample);
        if (options.Brightness != 0) Scale(image.Pixels, 0, brightness);
        if (options.Contrast != 0) Scale(image.Pixels, MeanLuminance(image), contrast);
        if (options.Saturation != 0) Saturate(image, saturation);
    }

    /// <summary>Three numbers are drawn whichever are in use.</summary>
    public (float Brightness, float Contrast, float Saturation) Factors(in AugmentedSample sample)
    {
        var random = sample.Random(AugmentationStream.ColorJitter);
        return (Factor(ref random, options.Brightness), Factor(ref random, options.Contrast), Factor(ref random, options.Saturation));
    }

    /// <summary>v becomes centre + factor (v - centre), by a table since there are only 256 values.</summary>
    public static void Scale(Span<byte> pixels, float centre, float factor)
    {
        Span<byte> table = stackalloc byte[256];
        for (var value = 0; value < table.Length; value++) table[value] = Blend(value, centre, factor);
        foreach (ref var pixel in pixels) pixel = table[pixel];
    }

    /// <summary>Each value of an RGB pixel moves from the pixel's luminance by the factor.</summary>
    public static void Saturate(ImageView image, float factor)
    {
        var red = image.Pixels[..image.PlaneSize];
        var green = image.Pixels.Slice(image.PlaneSize, image.PlaneSize);
        var blue = image.Pixels.Slice(2 * image.PlaneSize, image.PlaneSize);
        for (var i = 0; i < red.Length; i++)
        {
            var grey = Luminance(red[i], green[i], blue[i]);
            (red[i], green[i], blue[i]) = (Blend(red[i], grey, factor), Blend(green[i], grey, factor), Blend(blue[i], grey, factor));
        }
    }

    private static float MeanLuminance(ImageView image)
    {
        if (image.Channels != 3) return Mean(image.Pixels);
        var plane = image.PlaneSize;
        return Luminance(Mean(image.Pixels[..plane]), Mean(image.Pixels.Slice(plane, plane)), Mean(image.Pixels.Slice(2 * plane, plane)));
    }

    private static float Mean(ReadOnlySpan<byte> values)
    {
        long sum = 0;
        foreach (var value in values) sum += value;
        return (float)((double)sum / values.Length);
    }

    /// <summary>The weights of ITU-R BT.601.</summary>
    private static float Luminance(float red, float green, float blue) => (0.299f * red) + (0.587f * green) + (0.114f * blue);

    private static byte Blend(float value, float centre, float factor) => (byte)Math.Clamp(centre + (factor * (value - centre)) + 0.5f, 0, 255);

    private static float Factor(ref CounterRandom random, double strength) => (float)(1 - strength + (2 * strength * random.NextSingle()));
}
