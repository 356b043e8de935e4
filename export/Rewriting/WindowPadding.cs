using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Rewriting;

/// <summary>What nodes add around images.</summary>
internal static class WindowPadding
{
    /// <summary>Whether a Conv or a pooling pads its input, or may.</summary>
    public static bool IsPadded(Node window) => window.String("auto_pad") is "SAME_UPPER" or "SAME_LOWER" || (window.Ints("pads")?.Any(p => p != 0) ?? false);

    /// <summary>The pads of a Pad that names its axes, as one that names none has them: before each axis, then after each.</summary>
    public static long[] OfAllAxes(long[] pads, long[] axes, int rank)
    {
        var all = new long[2 * rank];
        for (var i = 0; i < axes.Length; i++)
        {
            var axis = axes[i] < 0 ? axes[i] + rank : axes[i];
            (all[axis], all[axis + rank]) = (pads[i], pads[i + axes.Length]);
        }
        return all;
    }
}
