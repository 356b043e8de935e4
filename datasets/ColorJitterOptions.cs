namespace OnnxPipeline.Datasets;

/// <summary>How far brightness, contrast and saturation vary: a strength s draws a factor from max(0, 1 - s) to 1 + s, uniformly. They are applied in this order, each rounded to whole pixel values.</summary>
public sealed record ColorJitterOptions
{
    /// <summary>Strength from 0 to 1; the factor multiplies every value.</summary>
    public double Brightness { get; init; }

    /// <summary>Strength from 0 to 1; the factor multiplies every value's distance from the image's mean luminance (the mean of all values, when the image is not RGB).</summary>
    public double Contrast { get; init; }

    /// <summary>Strength from 0 to 1; the factor multiplies every value's distance from its pixel's luminance (ITU-R BT.601). For RGB images only.</summary>
    public double Saturation { get; init; }

    internal bool IsActive => Brightness != 0 || Contrast != 0 || Saturation != 0;
}
