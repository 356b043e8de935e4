using OnnxPipeline.Models;

namespace OnnxPipeline.Export.Opsets;

/// <summary>Reductions: their axes are an attribute up to opset 17 and an input from 18 on, ReduceSum's from 13 on.</summary>
internal static class ReductionOpsets
{
    private const string Axes = "axes";
    private const string Noop = "noop_with_empty_axes";

    /// <summary>Those that leave the elements as they are when they reduce no axis.</summary>
    private static readonly HashSet<string> IdentityOnNone = [Ops.ReduceMax, Ops.ReduceMean, Ops.ReduceMin, Ops.ReduceProd];

    public static string? To18(Node node, OpsetGraph graph)
    {
        if (node.Ints(Axes) is { } axes) node.Inputs.Add(graph.Longs($"{node.Outputs[0]}/axes", [.. axes]));
        node.Remove(Axes);
        return null;
    }

    public static string? To17(Node node, OpsetGraph graph)
    {
        var axes = node.Input(1) is null ? [] : graph.LongsOf(node.Input(1));
        if (axes is null) return $"its axes '{node.Input(1)}' are not constant";
        if (axes.Length == 0 && node.Int(Noop, 0) != 0)
        {
            if (!IdentityOnNone.Contains(node.OpType)) return $"it reduces no axis ({Noop}), which {node.OpType} of an older version cannot";
            graph.Emit(node, Ops.Identity, [node.Inputs[0]], last: true);
            return null;
        }
        while (node.Inputs.Count > 1) node.Inputs.RemoveAt(1);
        node.Remove(Noop);
        if (axes.Length > 0) node.Set(Axes, axes);
        return null;
    }
}
