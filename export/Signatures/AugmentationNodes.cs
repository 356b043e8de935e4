using OnnxPipeline.Export.Samples;
using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export.Signatures;

/// <summary>Test-time augmentation inside the graph: the variants of a batch go through the model as one larger batch, and their outputs are averaged.</summary>
internal static class AugmentationNodes
{
    /// <summary>The variants of uint8 images [batch, …], one variant of all images after the other: [variants · batch, …].</summary>
    public static string Expand(NodeChain chain, string pixels, ImageInput image, TestTimeAugmentation kind)
    {
        var (height, width) = ImageShape.Axes(image);
        string Shifted(int shift)
        {
            if (shift == 0) return pixels;
            long[] pads = new long[8];
            pads[height] = pads[width] = pads[height + 4] = pads[width + 4] = Math.Abs(shift);
            var padded = chain.Add(Ops.Pad, n => n.Set("mode", "reflect"), pixels, chain.Longs(pads));
            var first = Math.Abs(shift) + shift;
            return chain.Op(Ops.Slice, padded, chain.Longs(first, first), chain.Longs(first + image.Height, first + image.Width), chain.Longs(height, width));
        }

        var variants = new List<string>();
        foreach (var byShift in ImageVariant.Of(kind).GroupBy(v => v.Shift))
        {
            var moved = Shifted(byShift.Key);
            foreach (var variant in byShift)
                variants.Add(variant.Flip ? chain.Op(Ops.Slice, moved, chain.Longs(-1), chain.Longs(long.MinValue), chain.Longs(width), chain.Longs(-1)) : moved);
        }
        return chain.Add(Ops.Concat, n => n.Set("axis", 0L), variants);
    }

    /// <summary>Averages outputs [variants · batch, width] to [batch, width], under the name <paramref name="average"/>. Cut by Slice: Split refuses an empty batch.</summary>
    public static void Average(NodeChain chain, string outputs, string average, TestTimeAugmentation kind)
    {
        var variants = ImageVariant.Of(kind);
        var batch = chain.Op(Ops.Div, chain.Op(Ops.Gather, chain.Op(Ops.Shape, outputs), chain.Longs(0)), chain.Longs(variants.Count));
        string Bound(int variant) => chain.Op(Ops.Mul, batch, chain.Longs(variant));
        string Part(int variant) => chain.Op(Ops.Slice, outputs, Bound(variant), Bound(variant + 1), chain.Longs(0));
        chain.Into(average, Ops.Sum, _ => { }, variants.Select((variant, i) => chain.Op(Ops.Mul, Part(i), chain.Scalar(variant.Weight))).ToArray());
    }
}
