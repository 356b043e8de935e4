using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>When a factor and a shift a channel may be applied before a pooling instead of after it.</summary>
internal static class Poolings
{
    public static bool Matches(Node node) => node.Is(Ops.MaxPool) || node.Is(Ops.GlobalMaxPool) || node.Is(Ops.AveragePool) || node.Is(Ops.GlobalAveragePool);

    /// <summary>
    /// Why the result would be another, or null. The largest of a window stays the largest under a factor that is not negative; an
    /// average takes any factor, and a shift unless it counts the zeros of the padding.
    /// </summary>
    public static string? WhyNotBefore(Node pooling, ChannelAffine affine, GraphRewriter rewriter)
    {
        var name = $"{pooling.OpType} '{pooling.DisplayName}'";
        if (pooling.Is(Ops.MaxPool) || pooling.Is(Ops.GlobalMaxPool))
        {
            if (rewriter.IsUsed(pooling.Output(1))) return $"the indices of {name} before it are used";
            var negative = Array.FindIndex(affine.Scale, s => s < 0);
            return negative < 0 ? null : $"channel {negative} has the negative factor {affine.Scale[negative]:g3}, under which the largest of a window of {name} becomes the smallest";
        }
        return affine.HasShift && pooling.Int("count_include_pad", 0) != 0 && (pooling.Int("ceil_mode", 0) != 0 || WindowPadding.IsPadded(pooling))
            ? $"it shifts what {name} averages, which counts the zeros of its padding"
            : null;
    }
}
