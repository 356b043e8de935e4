using OnnxPipeline.Export.Rewriting;
using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Opsets;

/// <summary>Operators that rearrange or resize, between versions.</summary>
internal static class LayoutOpsets
{
    private const string NumOutputs = "num_outputs";

    /// <summary>From opset 14 on a 0 can mean a size of 0, not that of the input.</summary>
    public static string? ReshapeTo13(Node node, OpsetGraph graph)
    {
        if (node.Int("allowzero", 0) != 0 && (graph.LongsOf(node.Input(1)) is not { } sizes || sizes.Contains(0)))
            return "it may make an axis of size 0 (allowzero), which the older version cannot";
        node.Remove("allowzero");
        return null;
    }

    public static string? CastLike(Node node, OpsetGraph graph)
    {
        if (graph.ElementOf(node.Input(1)) is not { } type) return $"the type of '{node.Input(1)}' is not known";
        graph.Emit(node, Ops.Cast, [node.Inputs[0]], last: true, attributes: n => n.Set("to", (long)type));
        return null;
    }

    /// <summary>From opset 15 on, the sizes of some of the axes: all of them, then a Slice.</summary>
    public static string? ShapeTo14(Node node, OpsetGraph graph)
    {
        if (!node.Has("start") && !node.Has("end")) return null;
        var sizes = graph.Emit(node, Ops.Shape, [node.Inputs[0]]);
        var start = graph.Longs($"{node.Outputs[0]}/start", node.Int("start", 0));
        var end = graph.Longs($"{node.Outputs[0]}/end", node.Int("end", long.MaxValue));
        graph.Emit(node, Ops.Slice, [sizes, start, end], last: true);
        return null;
    }

    public static string? PadTo18(Node node, OpsetGraph graph) => node.String("mode") == "wrap" ? "it pads by 'wrap', which the older version cannot" : null;

    /// <summary>From opset 18 on, Pad can name the axes; before, it is told of all.</summary>
    public static string? PadTo17(Node node, OpsetGraph graph)
    {
        if (node.Input(3) is null) return null;
        if (graph.LongsOf(node.Input(3)) is not { } axes || graph.LongsOf(node.Input(1)) is not { } pads) return $"its axes '{node.Input(3)}' or its pads '{node.Input(1)}' are not constant";
        if (graph.ShapeOf(node.Inputs[0]) is not { } shape) return $"the rank of '{node.Inputs[0]}' is not known";
        node.Inputs[1] = graph.Longs($"{node.Outputs[0]}/pads", WindowPadding.OfAllAxes(pads, axes, shape.Rank));
        node.Inputs.RemoveAt(3);
        return null;
    }

    public static string? ResizeTo18(Node node, OpsetGraph graph) =>
        node.String("coordinate_transformation_mode") == "half_pixel_symmetric" ? "its coordinates are 'half_pixel_symmetric', which the older version does not know" : null;

    public static string? ResizeTo17(Node node, OpsetGraph graph)
    {
        if (node.Int("antialias", 0) != 0) return "it smooths what it shrinks (antialias), which the older version cannot";
        if (node.Has("axes")) return "it names the axes that it resizes, which the older version cannot";
        if ((node.String("keep_aspect_ratio_policy") ?? "stretch") is var policy and not "stretch") return $"it keeps the aspect ratio ('{policy}'), which the older version cannot";
        node.Remove("antialias");
        node.Remove("keep_aspect_ratio_policy");
        return null;
    }

    public static string? ScatterTo17(Node node, OpsetGraph graph) =>
        node.String("reduction") is "max" or "min" ? $"it keeps the '{node.String("reduction")}', which the older version cannot" : null;

    /// <summary>From opset 18 on, a Split into equal parts says how many, and the last may be smaller.</summary>
    public static string? SplitTo18(Node node, OpsetGraph graph)
    {
        if (node.Input(1) is null) node.Set(NumOutputs, (long)node.Outputs.Count);
        return null;
    }

    public static string? SplitTo17(Node node, OpsetGraph graph)
    {
        if (!node.Has(NumOutputs)) return null;
        var axis = node.Int("axis", 0);
        if (graph.ShapeOf(node.Inputs[0]) is not { } shape || shape[(int)(axis < 0 ? axis + shape.Rank : axis)].Size is not { } size)
            return $"the size of axis {axis} of '{node.Inputs[0]}' is not known, and the older version splits only into equal parts";
        var parts = node.Outputs.Count;
        var part = (size + parts - 1) / parts;
        node.Remove(NumOutputs);
        if (size % parts == 0) return null;
        while (node.Inputs.Count < 2) node.Inputs.Add("");
        node.Inputs[1] = graph.Longs($"{node.Outputs[0]}/split", [.. Enumerable.Range(0, parts).Select(i => Math.Min(part, size - i * part))]);
        return null;
    }

    public static string? GridSampleTo20(Node node, OpsetGraph graph)
    {
        if (node.String("mode") is { } mode) node.Set("mode", mode switch { "bilinear" => "linear", "bicubic" => "cubic", _ => mode });
        return null;
    }

    public static string? GridSampleTo19(Node node, OpsetGraph graph)
    {
        if (graph.ShapeOf(node.Inputs[0])?.Rank != 4) return $"'{node.Inputs[0]}' is not known to be an image of two axes, the only ones that the older version samples";
        if (node.String("mode") is { } mode) node.Set("mode", mode switch { "linear" => "bilinear", "cubic" => "bicubic", _ => mode });
        return null;
    }
}
