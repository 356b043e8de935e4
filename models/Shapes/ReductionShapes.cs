namespace OnnxPipeline.Models.Shapes;

/// <summary>Rules of operators that collapse axes.</summary>
internal static class ReductionShapes
{
    /// <summary>Axes as an attribute before opset 18.</summary>
    public static TensorType[] Reduce(NodeContext c) => Reduce(c, axesAreInputFrom: 18);

    /// <summary>ReduceSum takes its axes as an input from opset 13 on.</summary>
    public static TensorType[] Sum(NodeContext c) => Reduce(c, axesAreInputFrom: 13);

    /// <summary>ArgMax and ArgMin: one axis, int64 indices.</summary>
    public static TensorType[] Arg(NodeContext c)
    {
        if (c.Shape(0) is not { } x) return [new(ElementType.Int64, null)];
        return [new(ElementType.Int64, Collapse(c, x, [c.Axis(c.Node.Int("axis", 0), x.Rank)]))];
    }

    /// <summary>The k largest along one axis, and where they are.</summary>
    public static TensorType[] TopK(NodeContext c)
    {
        var type = c.Type(0);
        if (c.ShapeFrom(0, 1, "[...]") is not { } x) return [type, new(ElementType.Int64, null)];
        var axis = c.Axis(c.Node.Int("axis", -1), x.Rank);
        var k = c.Opset < 10 ? c.Node.Int("k", 0) : c.Values(1) is [var only] ? only : Dimension.Unknown;
        if (k.Size > x[axis].Size) throw c.Error($"k of at most {x[axis]}, the size of axis {axis}", $"{k}");
        var shape = x.With(axis, k);
        return [type with { Shape = shape }, new(ElementType.Int64, shape)];
    }

    private static TensorType[] Reduce(NodeContext c, long axesAreInputFrom)
    {
        var type = c.Type(0);
        var asInput = c.Opset >= axesAreInputFrom;
        var given = asInput ? c.Optional(1) is not null : c.Node.Has("axes");
        var axes = asInput ? c.Integers(1) : c.Node.Ints("axes")?.ToArray();
        if (type.Shape is not { } x) return [type];
        if (given && axes is null)
            return [type with { Shape = c.Node.Int("keepdims", 1) != 0 ? new TensorShape([.. x.Select(_ => Dimension.Unknown)]) : null }];
        if (axes is null or []) return asInput && c.Node.Int("noop_with_empty_axes", 0) != 0 ? [type] : [type with { Shape = Collapse(c, x, [.. Enumerable.Range(0, x.Rank)]) }];
        return [type with { Shape = Collapse(c, x, [.. axes.Select(a => c.Axis(a, x.Rank))]) }];
    }

    private static TensorShape Collapse(NodeContext c, TensorShape x, HashSet<int> axes) => c.Node.Int("keepdims", 1) != 0
        ? new TensorShape([.. x.Select((d, i) => axes.Contains(i) ? 1 : d)])
        : new TensorShape([.. x.Where((_, i) => !axes.Contains(i))]);
}
