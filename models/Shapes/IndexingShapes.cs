namespace OnnxPipeline.Models.Shapes;

/// <summary>Rules of operators that pick or place elements by index.</summary>
internal static class IndexingShapes
{
    /// <summary>data[:axis] + indices + data[axis+1:].</summary>
    public static TensorType[] Gather(NodeContext c)
    {
        var type = c.Type(0);
        CheckIndices(c, 1);
        if (c.ShapeFrom(0, 1, "[...]") is not { } x || c.Shape(1) is not { } indices) return [type with { Shape = null }];
        var axis = c.Axis(c.Node.Int("axis", 0), x.Rank);
        return [type with { Shape = new TensorShape([.. x.Take(axis), .. indices, .. x.Skip(axis + 1)]) }];
    }

    public static TensorType[] GatherElements(NodeContext c)
    {
        CheckIndices(c, 1);
        if (c.Shape(0) is { } x && c.Shape(1) is { } indices && x.Rank != indices.Rank) throw c.Error($"indices of {x.Rank} axes, as {x} has", $"{indices}");
        return [c.Type(0) with { Shape = c.Shape(1) }];
    }

    public static TensorType[] GatherND(NodeContext c)
    {
        var type = c.Type(0);
        if (c.ShapeFrom(0, 1, "[...]") is not { } x || c.ShapeFrom(1, 1, "[...,k]") is not { } indices || indices[^1].Size is not { } depth) return [type with { Shape = null }];
        var from = c.Node.Int("batch_dims", 0) + depth;
        if (from > x.Rank || depth < 1) throw c.Error($"index tuples of 1 to {x.Rank} places for {x}", $"{indices}");
        return [type with { Shape = new TensorShape([.. indices.SkipLast(1), .. x.Skip((int)from)]) }];
    }

    /// <summary>ScatterElements and ScatterND: the data's shape, and updates of its type.</summary>
    public static TensorType[] Scatter(NodeContext c)
    {
        CheckIndices(c, 1);
        return [new(c.Element(0, 2), c.Shape(0))];
    }

    /// <summary>The indices' shape with the depth as a new axis; the type of the two values.</summary>
    public static TensorType[] OneHot(NodeContext c)
    {
        var element = c.Type(2).Element;
        if (c.ShapeOf(2, 1, "[off, on]") is { } pair && !Dimensions.MayEqual(pair[0], 2)) throw c.Error("values of shape [2]", $"{pair}");
        if (c.Shape(0) is not { } indices) return [new(element, null)];
        var axis = c.Axis(c.Node.Int("axis", -1), indices.Rank + 1);
        var depth = c.Number(1) is >= 0 and < int.MaxValue and var size ? (long)size : c.Values(1) is [var only] ? only : Dimension.Unknown;
        return [new(element, new TensorShape([.. indices.Take(axis), depth, .. indices.Skip(axis)]))];
    }

    /// <summary>Starts, ends, axes and steps are attributes before opset 10, inputs from it on.</summary>
    public static TensorType[] Slice(NodeContext c)
    {
        var type = c.Type(0);
        if (c.ShapeFrom(0, 1, "[...]") is not { } x) return [type];
        var inputs = c.Opset >= 10;
        var starts = inputs ? c.Integers(1) : c.Node.Ints("starts")?.ToArray();
        var ends = inputs ? c.Integers(2) : c.Node.Ints("ends")?.ToArray();
        var axes = Given(c, 3, "axes") ? inputs ? c.Integers(3) : [.. c.Node.Ints("axes")!] : Range(starts?.Length ?? ends?.Length);
        var steps = Given(c, 4, "steps") ? c.Integers(4) : [.. Enumerable.Repeat(1L, axes?.Length ?? 0)];
        if (axes is null) return [type with { Shape = new TensorShape([.. x.Select(_ => Dimension.Unknown)]) }];
        var result = x;
        for (var i = 0; i < axes.Length; i++)
        {
            var axis = c.Axis(axes[i], x.Rank);
            var known = starts is not null && ends is not null && steps is not null;
            if (known && (starts!.Length != axes.Length || ends!.Length != axes.Length || steps!.Length != axes.Length))
                throw c.Error("as many starts, ends and steps as axes", $"{starts.Length}, {ends!.Length}, {steps!.Length} and {axes.Length}");
            if (known && steps![i] == 0) throw c.Error("steps other than 0", "0");
            result = result.With(axis, known ? Length(x[axis], starts![i], ends![i], steps![i]) : Dimension.Unknown);
        }
        return [type with { Shape = result }];
    }

    /// <summary>How many elements start:end:step takes of an axis; negative places count from its end, and all are clamped to it.</summary>
    internal static Dimension Length(Dimension axis, long start, long end, long step)
    {
        if (axis.Size is not { } size)
        {
            var whole = step == 1 ? start == 0 && end >= int.MaxValue : step == -1 && (start == -1 || start >= int.MaxValue) && end <= -int.MaxValue;
            return whole ? axis : Dimension.Unknown;
        }
        var (low, high) = step > 0 ? (0L, size) : (-1L, size - 1);
        var from = Math.Clamp(start < 0 ? start + size : start, step > 0 ? 0 : low, high);
        var to = Math.Clamp(end < 0 ? end + size : end, low, high);
        var span = step > 0 ? to - from : from - to;
        var stride = Math.Abs((decimal)step);
        return span <= 0 ? 0 : (long)Math.Ceiling(span / stride);
    }

    private static bool Given(NodeContext c, int input, string attribute) => c.Opset >= 10 ? c.Optional(input) is not null : c.Node.Has(attribute);

    private static long[]? Range(long? count) => count is { } n ? [.. Enumerable.Range(0, (int)n).Select(i => (long)i)] : null;

    private static void CheckIndices(NodeContext c, int input)
    {
        if (c.Type(input).Element is not (ElementType.Int64 or ElementType.Int32 or ElementType.Undefined))
            throw c.Error($"indices ('{c.Node.Inputs[input]}') of Int64 or Int32", $"{c.Type(input).Element}");
    }
}
