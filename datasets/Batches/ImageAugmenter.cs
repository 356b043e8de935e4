using OnnxPipeline.Models.Numerics;

namespace OnnxPipeline.Datasets.Batches;

/// <summary>What happens to the images of one sample: a flip or none, and how far the crop is off the centre.</summary>
internal readonly record struct AugmentDraw(bool Flip, int Down, int Right);

/// <summary>Copies images while flipping and cropping them, row by row and without an intermediate.</summary>
internal sealed class ImageAugmenter(AugmentOptions options, ulong seed)
{
    /// <summary>A pure function of seed, epoch and position. The order of the draws is fixed, whichever of them are in use.</summary>
    public AugmentDraw Draw(int epoch, int position)
    {
        var random = new CounterRandom(seed, RandomPurpose.Augmentation, (ulong)epoch, (ulong)position);
        var flip = random.NextSingle() < options.HorizontalFlip;
        var range = (2 * options.CropPadding) + 1;
        return new AugmentDraw(flip, random.Next(range) - options.CropPadding, random.Next(range) - options.CropPadding);
    }

    /// <summary>
    /// Crops <paramref name="source"/>, uint8 [channels, <paramref name="height"/>, <paramref name="width"/>], padded with zeros, at the draw's offset into
    /// <paramref name="target"/> of the same shape, then flips it left to right if the draw says so.
    /// </summary>
    public static void Apply(AugmentDraw draw, ReadOnlySpan<byte> source, Span<byte> target, int height, int width)
    {
        var left = Math.Max(0, -draw.Right);
        var kept = width - Math.Abs(draw.Right);
        var from = Math.Max(0, draw.Right);
        if (draw.Flip) left = width - left - kept;
        var whole = kept == width;
        var plane = height * width;
        for (var start = 0; start < source.Length; start += plane)
        {
            for (var row = 0; row < height; row++)
            {
                var line = target.Slice(start + (row * width), width);
                var sourceRow = row + draw.Down;
                if ((uint)sourceRow >= (uint)height)
                {
                    line.Clear();
                    continue;
                }
                if (!whole) line.Clear();
                var pixels = line.Slice(left, kept);
                source.Slice(start + (sourceRow * width) + from, kept).CopyTo(pixels);
                if (draw.Flip) pixels.Reverse();
            }
        }
    }
}
