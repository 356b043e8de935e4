namespace OnnxPipeline.Datasets.Artifacts;

/// <summary>Mean and standard deviation of each channel of an image feature.</summary>
internal static class PixelStatistics
{
    /// <summary>Of the first image feature, pixels scaled to 0..1; empty lists where there is no image. The deviation is the population's (divided by n).</summary>
    /// <remarks>Pixels are counted by value, so the sums are exact and the same on every machine.</remarks>
    public static (float[] Mean, float[] Std) Of(SampleSet samples)
    {
        var image = samples.Features.FirstOrDefault(f => f.Kind == DataKind.UInt8 && f.ItemShape.Count == 3);
        if (image is null || samples.Count == 0) return ([], []);

        var channels = (int)image.ItemShape[0];
        var plane = (int)(image.ItemShape[1] * image.ItemShape[2]);
        var counts = new long[channels, 256];
        foreach (var block in image.Blocks())
        {
            var pixels = block.Span;
            for (var start = 0; start < pixels.Length; start += plane)
            {
                var channel = start / plane % channels;
                foreach (var pixel in pixels.Slice(start, plane)) counts[channel, pixel]++;
            }
        }

        var mean = new float[channels];
        var std = new float[channels];
        for (var channel = 0; channel < channels; channel++)
        {
            UInt128 sum = 0, squares = 0, n = 0;
            for (var value = 0; value < 256; value++)
            {
                var count = (UInt128)counts[channel, value];
                n += count;
                sum += count * (uint)value;
                squares += count * (uint)(value * value);
            }
            mean[channel] = (float)((double)sum / (double)n / 255);
            std[channel] = (float)(Math.Sqrt((double)((n * squares) - (sum * sum))) / (double)n / 255);
        }
        return (mean, std);
    }
}
