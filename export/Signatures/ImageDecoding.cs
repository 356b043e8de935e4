using OnnxPipeline.Models;
using OnnxPipeline.Models.Metadata;

namespace OnnxPipeline.Export.Signatures;

/// <summary>
/// Decoding inside the graph: the bytes of a PNG or JPEG file become the pixels that a model was trained on. Grey and size are
/// computed as <see cref="Runtime.Images.Image.ToGrey"/> and <see cref="Runtime.Images.ImageResizer"/> do it, so that an image gives
/// the same answer whoever decodes it; in rare pixels the last bit of a sum rounds to the neighbouring grey level.
/// </summary>
internal static class ImageDecoding
{
    private const string DecodeImage = "DecodeImage";

    /// <summary>Appends the nodes and gives the name of the pixels, uint8 [1, …] in the layout of <paramref name="image"/>.</summary>
    public static string Append(NodeChain chain, string encoded, ImageInput image)
    {
        // Not the operator's default, bgr: its swap writes past the end of a grey JPEG's pixels.
        var decoded = chain.Add(DecodeImage, n =>
        {
            n.Domain = Domains.Extensions;
            n.Set("color_space", "rgb");
        }, encoded);
        // A grey JPEG has one channel.
        var rgb = chain.Op(Ops.Expand, decoded, chain.Longs(1, 1, 3));
        var colours = image.Channels == 1 ? Grey(chain, rgb) : chain.Cast(rgb, ElementType.Float);
        var resized = Resize(chain, colours, image);
        var pixels = image.Layout == ImageLayout.Hwc ? resized : chain.Add(Ops.Transpose, n => n.Set("perm", [2L, 0, 1]), resized);
        return chain.Op(Ops.Unsqueeze, pixels, chain.Longs(0));
    }

    /// <summary>(299 R + 587 G + 114 B + 500) / 1000, whole numbers: [height, width, 1].</summary>
    private static string Grey(NodeChain chain, string rgb)
    {
        var weights = chain.Constant(Initializer.Create<int>(chain.Fresh("luma"), [299, 587, 114], 3));
        var luma = chain.Add(Ops.ReduceSum, n => n.Set("keepdims", 1L), chain.Op(Ops.Mul, chain.Cast(rgb, ElementType.Int32), weights), chain.Longs(2));
        return chain.Cast(chain.Op(Ops.Div, chain.Op(Ops.Add, luma, chain.Scalar(500)), chain.Scalar(1000)), ElementType.Float);
    }

    /// <summary>Rows, then columns, each as a matrix product; uint8 [height, width, channels].</summary>
    private static string Resize(NodeChain chain, string pixels, ImageInput image)
    {
        var shape = chain.Op(Ops.Shape, pixels);
        var narrowed = chain.Op(Ops.MatMul, Weights(chain, Size(chain, shape, 1), image.Width), pixels);
        var rows = chain.Op(Ops.Reshape, narrowed, chain.Longs(-1, image.Width * image.Channels));
        var resized = chain.Op(Ops.MatMul, Weights(chain, Size(chain, shape, 0), image.Height), rows);
        var whole = chain.Op(Ops.Clip, chain.Op(Ops.Add, resized, chain.Scalar(0.5f)), chain.Scalar(0f), chain.Scalar(255f));
        return chain.Op(Ops.Reshape, chain.Cast(chain.Op(Ops.Floor, whole), ElementType.UInt8), chain.Longs(image.Height, image.Width, image.Channels));
    }

    private static string Size(NodeChain chain, string shape, long axis) => chain.Op(Ops.Gather, shape, chain.Scalar(axis));

    /// <summary>
    /// How much each source pixel counts in each target pixel, float [target, source]: a triangle round the target's centre, one
    /// source pixel wide on either side, or the scale where the image shrinks; the rows sum to 1.
    /// </summary>
    private static string Weights(NodeChain chain, string source, int target)
    {
        string Halves(string whole) => chain.Op(Ops.Add, chain.Cast(whole, ElementType.Double), chain.Scalar(0.5));
        var scale = chain.Op(Ops.Div, chain.Cast(source, ElementType.Double), chain.Scalar((double)target));
        var radius = chain.Op(Ops.Max, scale, chain.Scalar(1.0));
        double[] middles = [.. Enumerable.Range(0, target).Select(i => i + 0.5)];
        var centres = chain.Op(Ops.Mul, chain.Constant(Initializer.Create<double>(chain.Fresh("middles"), middles, target, 1)), scale);
        var places = Halves(chain.Op(Ops.Range, chain.Scalar(0L), source, chain.Scalar(1L)));
        var distances = chain.Op(Ops.Div, chain.Op(Ops.Abs, chain.Op(Ops.Sub, places, centres)), radius);
        var weights = chain.Op(Ops.Max, chain.Op(Ops.Sub, chain.Scalar(1.0), distances), chain.Scalar(0.0));
        var sums = chain.Add(Ops.ReduceSum, n => n.Set("keepdims", 1L), weights, chain.Longs(1));
        return chain.Cast(chain.Op(Ops.Div, weights, sums), ElementType.Float);
    }
}
