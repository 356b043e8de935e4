namespace OnnxPipeline.Datasets.Batches.Augmentations;

/// <summary>
/// Weighs two images against each other. Shares are whole numbers of 1/65,536, so that pixels come out the same on every machine and
/// the label's weight is exactly the image's.
/// </summary>
internal static class Mixup
{
    private const int One = 1 << 16;

    public static int Share(double share) => (int)Math.Round(share * One);

    /// <summary>A share as a label's weight, from 0 to 1.</summary>
    public static float Weight(int share) => share * (1f / One);

    /// <summary>Each value becomes share · value + (1 - share) · other, rounded to nearest, halves up.</summary>
    public static void Blend(Span<byte> pixels, ReadOnlySpan<byte> others, int share)
    {
        others = others[..pixels.Length];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)(((pixels[i] * share) + (others[i] * (One - share)) + (One / 2)) >> 16);
    }
}
