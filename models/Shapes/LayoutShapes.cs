namespace OnnxPipeline.Models.Shapes;

/// <summary>Rules of operators that rearrange elements without looking at them. Reshape has its own class.</summary>
internal static class LayoutShapes
{
    /// <summary>The axes before 'axis' become one, those from it another.</summary>
    public static TensorType[] Flatten(NodeContext c)
    {
        var type = c.Type(0);
        if (type.Shape is not { } x) return [type with { Shape = new TensorShape(Dimension.Unknown, Dimension.Unknown) }];
        var at = c.Node.Int("axis", 1);
        var axis = at == x.Rank ? x.Rank : c.Axis(at, Math.Max(1, x.Rank));
        return [type with { Shape = new TensorShape(Dimensions.Product(x.Take(axis)), Dimensions.Product(x.Skip(axis))) }];
    }

    public static TensorType[] Transpose(NodeContext c)
    {
        var type = c.Type(0);
        if (type.Shape is not { } x) return [type];
        long[] order = c.Node.Ints("perm") is { } given ? [.. given] : [.. Enumerable.Range(0, x.Rank).Reverse().Select(i => (long)i)];
        if (!order.Order().SequenceEqual(Enumerable.Range(0, x.Rank).Select(i => (long)i)))
            throw c.Error($"attribute 'perm' to be an order of the {x.Rank} axes of {x}", $"[{string.Join(",", order)}]");
        return [type with { Shape = new TensorShape([.. order.Select(axis => x[(int)axis])]) }];
    }

    public static TensorType[] Concat(NodeContext c)
    {
        var element = c.Element(Enumerable.Range(0, Math.Max(1, c.InputCount)));
        if (!c.Node.Has("axis") && c.Opset >= 4) throw c.Error("attribute 'axis'", "none");
        if (c.ShapeFrom(0, 1, "[...]") is not { } result) return [new(element, null)];
        var axis = c.Axis(c.Node.Int("axis", 1), result.Rank);
        for (var input = 1; input < c.InputCount; input++)
        {
            if (c.Shape(input) is not { } shape) return [new(element, null)];
            if (shape.Rank != result.Rank || !Dimensions.MayEqual(shape.With(axis, 1), result.With(axis, 1)))
                throw c.Error($"shapes that differ only in axis {axis} ('{c.Node.Inputs[0]}' {c.Shape(0)})", $"'{c.Node.Inputs[input]}' {shape}");
            var sum = Dimensions.Add(result[axis], shape[axis]);
            result = Dimensions.Merge(result, shape)!.With(axis, sum);
        }
        return [new(element, result)];
    }

    public static TensorType[] Split(NodeContext c)
    {
        var type = c.Type(0);
        var parts = c.Node.Outputs.Count;
        if (c.ShapeFrom(0, 1, "[...]") is not { } x) return [.. Enumerable.Repeat(type, parts)];
        var axis = c.Axis(c.Node.Int("axis", 0), x.Rank);
        var given = c.Opset < 13 ? c.Node.Has("split") : c.Optional(1) is not null;
        var sizes = given ? c.Opset < 13 ? [.. c.Node.Ints("split")!] : c.Integers(1) : Even(x[axis].Size, parts);
        if (sizes is null) return [.. Enumerable.Repeat(type with { Shape = x.With(axis, Dimension.Unknown) }, parts)];
        if (sizes.Length != parts || x[axis].Size is { } whole && sizes.Sum() != whole || sizes.Any(s => s < 0))
            throw c.Error($"{parts} sizes that add up to {x[axis]}, the size of axis {axis}", $"[{string.Join(",", sizes)}]");
        return [.. sizes.Select(size => type with { Shape = x.With(axis, size) })];
    }

    public static TensorType[] Pad(NodeContext c)
    {
        var type = c.Opset < 11 ? c.Type(0) : c.Type(0) with { Element = c.Element(0, 2) };
        if (type.Shape is not { } x) return [type];
        var pads = c.Opset < 11 ? c.Node.Ints("pads")?.ToArray() : c.Integers(1);
        long[]? axes = c.Optional(3) is null ? [.. Enumerable.Range(0, x.Rank).Select(i => (long)i)] : c.Integers(3);
        if (pads is null || axes is null) return [type with { Shape = new TensorShape([.. x.Select(_ => Dimension.Unknown)]) }];
        if (pads.Length != 2 * axes.Length) throw c.Error($"{2 * axes.Length} pads for {axes.Length} axes of {x}", $"[{string.Join(",", pads)}]");
        var result = x;
        for (var i = 0; i < axes.Length; i++)
        {
            var axis = c.Axis(axes[i], x.Rank);
            var padded = Dimensions.Add(x[axis], checked(pads[i] + pads[i + axes.Length]));
            if (padded.Size < 0) throw c.Error($"pads that leave something of {x}", $"[{string.Join(",", pads)}]");
            result = result.With(axis, padded);
        }
        return [type with { Shape = result }];
    }

    public static TensorType[] Expand(NodeContext c)
    {
        var type = c.Type(0);
        if (type.Shape is not { } x || c.Values(1) is not { } target) return [type with { Shape = null }];
        return [type with { Shape = Broadcasting.Broadcast(x, new TensorShape(target)) ?? throw c.Error($"a shape that {x} broadcasts with", $"{new TensorShape(target)}") }];
    }

    public static TensorType[] Tile(NodeContext c)
    {
        var type = c.Type(0);
        if (type.Shape is not { } x) return [type];
        if (c.Values(1) is not { } repeats) return [type with { Shape = new TensorShape([.. x.Select(_ => Dimension.Unknown)]) }];
        return [type with { Shape = repeats.Count == x.Rank ? new TensorShape([.. x.Zip(repeats, Dimensions.Multiply)]) : throw c.Error($"{x.Rank} repeats for {x}", $"{repeats.Count}") }];
    }

    public static TensorType[] Squeeze(NodeContext c)
    {
        var type = c.Type(0);
        if (type.Shape is not { } x) return [type];
        var given = c.Opset < 13 ? c.Node.Has("axes") : c.Optional(1) is not null;
        if (!given) return [type with { Shape = x.IsStatic ? new TensorShape([.. x.Where(d => d.Size != 1)]) : null }];
        if (Axes(c) is not { } listed) return [type with { Shape = null }];
        HashSet<int> axes = [.. listed.Select(a => c.Axis(a, x.Rank))];
        foreach (var axis in axes)
        {
            if (x[axis].Size is not (null or 1)) throw c.Error($"axis {axis} of size 1", $"{x}");
        }
        return [type with { Shape = new TensorShape([.. x.Where((_, i) => !axes.Contains(i))]) }];
    }

    public static TensorType[] Unsqueeze(NodeContext c)
    {
        var type = c.Type(0);
        if (type.Shape is not { } x || Axes(c) is not { } listed) return [type with { Shape = null }];
        var rank = x.Rank + listed.Length;
        HashSet<int> axes = [.. listed.Select(a => c.Axis(a, rank))];
        if (axes.Count != listed.Length) throw c.Error("axes that differ", $"[{string.Join(",", listed)}]");
        var rest = new Queue<Dimension>(x);
        return [type with { Shape = new TensorShape([.. Enumerable.Range(0, rank).Select(i => axes.Contains(i) ? 1 : rest.Dequeue())]) }];
    }

    public static TensorType[] DepthToSpace(NodeContext c) => Blocks(c, (b, x) =>
        [x[0], Dimensions.Divide(x[1], b * b), Dimensions.Multiply(x[2], b), Dimensions.Multiply(x[3], b)]);

    public static TensorType[] SpaceToDepth(NodeContext c) => Blocks(c, (b, x) =>
        [x[0], Dimensions.Multiply(x[1], b * b), Dimensions.Divide(x[2], b), Dimensions.Divide(x[3], b)]);

    /// <summary>Every size is given, or is the input's times a scale, rounded down.</summary>
    public static TensorType[] Resize(NodeContext c)
    {
        var type = c.Type(0);
        if (type.Shape is not { } x) return [type];
        var unknown = type with { Shape = new TensorShape([.. x.Select(_ => Dimension.Unknown)]) };
        var (scales, sizes) = c.Opset < 11 ? (1, 3) : (2, 3);
        if (c.Node.Has("axes") || c.Node.Has("keep_aspect_ratio_policy")) return [unknown];
        if (c.Optional(sizes) is not null) return [c.Values(sizes) is { } given && given.Count == x.Rank ? type with { Shape = new TensorShape(given) } : unknown];
        if (c.Constant(scales) is not { ElementType: ElementType.Float } factors || factors.ElementCount != x.Rank) return [unknown];
        var factor = factors.Span<float>().ToArray();
        return [type with { Shape = new TensorShape([.. x.Select((d, i) => factor[i] == 1 ? d : d.Size is { } size ? (long)Math.Floor(size * (double)factor[i]) : Dimension.Unknown)]) }];
    }

    private static TensorType[] Blocks(NodeContext c, Func<long, TensorShape, Dimension[]> rearrange)
    {
        var type = c.Type(0);
        var block = c.Node.Int("blocksize", 0);
        if (block < 1) throw c.Error("attribute 'blocksize' of at least 1", $"{block}");
        return [type with { Shape = c.ShapeOf(0, 4, "[N,C,H,W]") is { } x ? new TensorShape(rearrange(block, x)) : null }];
    }

    private static long[]? Axes(NodeContext c) => c.Opset < 13 ? c.Node.Ints("axes")?.ToArray() : c.Integers(1);

    /// <summary>Parts of ⌈size/parts⌉, the last one what is left.</summary>
    private static long[]? Even(long? size, int parts)
    {
        if (size is not { } whole) return null;
        var part = (whole + parts - 1) / parts;
        return [.. Enumerable.Range(0, parts).Select(i => Math.Min(part, whole - (i * part)))];
    }
}
