using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Opsets;

/// <summary>Poolings between versions.</summary>
internal static class WindowOpsets
{
    /// <summary>
    /// Where a last window reaches beyond the padding (ceil_mode) and padding counts (count_include_pad), the versions before and from
    /// opset 19 on divide by different numbers.
    /// </summary>
    public static string? AveragePool(Node node, OpsetGraph graph)
    {
        if (node.Int("ceil_mode", 0) == 0 || node.Int("count_include_pad", 0) == 0) return null;
        if (!EndsEvenly(node, graph.ShapeOf(node.Inputs[0]))) return "its last window may reach beyond the padding that it counts, which opset 19 divides by another number";
        node.Remove("ceil_mode");
        return null;
    }

    /// <summary>Whether the windows cover the padded image to its end, so that rounding their number up or down is the same.</summary>
    private static bool EndsEvenly(Node node, TensorShape? shape)
    {
        var kernel = node.Ints("kernel_shape")!;
        if (shape is null || shape.Rank != kernel.Count + 2 || node.String("auto_pad") is not (null or "NOTSET")) return false;
        for (var axis = 0; axis < kernel.Count; axis++)
        {
            if (shape[axis + 2].Size is not { } size) return false;
            var pads = node.Ints("pads") is { } p ? p[axis] + p[axis + kernel.Count] : 0;
            if ((size + pads - (node.Ints("dilations")?[axis] ?? 1) * (kernel[axis] - 1) - 1) % (node.Ints("strides")?[axis] ?? 1) != 0) return false;
        }
        return true;
    }
}
