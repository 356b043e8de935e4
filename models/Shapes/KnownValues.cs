namespace OnnxPipeline.Models.Shapes;

/// <summary>
/// The elements of integer vectors as far as they are known: exporters compute target shapes in the graph (Shape, Gather,
/// Concat …), and following those computations keeps the shapes that come of them.
/// </summary>
internal static class KnownValues
{
    private static readonly Dictionary<string, Func<NodeContext, IReadOnlyList<Dimension>?>> Rules = new()
    {
        [Ops.Shape] = c => c.Shape(0) is { } x ? [.. ConstantShapes.Part(c, x)] : null,
        [Ops.Size] = c => c.Shape(0) is { } x ? [Dimensions.Product(x)] : null,
        [Ops.Constant] = c => c.Node.Has("value_int") ? [c.Node.Int("value_int", 0)] : c.Node.Ints("value_ints")?.Select(v => (Dimension)v).ToArray(),
        [Ops.ConstantOfShape] = Filled,
        [Ops.Identity] = c => c.Values(0),
        [Ops.Cast] = c => c.Values(0),
        [Ops.Squeeze] = c => c.Values(0),
        [Ops.Unsqueeze] = c => c.Values(0),
        [Ops.Reshape] = c => c.Values(0),
        [Ops.Concat] = c => Enumerable.Range(0, c.InputCount).Select(c.Values).ToArray() is var parts && parts.All(p => p is not null) ? [.. parts.SelectMany(p => p!)] : null,
        [Ops.Gather] = Gather,
        [Ops.Slice] = Slice,
        [Ops.Neg] = c => c.Values(0)?.Select(v => Dimensions.Subtract(0, v)).ToArray(),
        [Ops.Add] = c => Elementwise(c, Dimensions.Add),
        [Ops.Sub] = c => Elementwise(c, Dimensions.Subtract),
        [Ops.Mul] = c => Elementwise(c, Dimensions.Multiply),
        [Ops.Div] = c => Elementwise(c, Dimensions.Divide),
        [Ops.Mod] = c => Elementwise(c, (a, b) => a.Size is { } x && b.Size is { } y and not 0 ? c.Node.Int("fmod", 0) != 0 || x >= 0 == y > 0 ? x % y : (x % y + y) % y : Dimension.Unknown),
        [Ops.Min] = c => c.InputCount == 2 ? Elementwise(c, (a, b) => Both(a, b, Math.Min)) : null,
        [Ops.Max] = c => c.InputCount == 2 ? Elementwise(c, (a, b) => Both(a, b, Math.Max)) : null,
        [Ops.Equal] = c => Elementwise(c, (a, b) => Both(a, b, (x, y) => x == y ? 1 : 0)),
        [Ops.Where] = Where,
        [Ops.ReduceProd] = c => c.Values(0) is { } values ? [Dimensions.Product(values)] : null,
    };

    /// <summary>Null when the node gives no integers of at most one axis, or nothing is known of them.</summary>
    public static IReadOnlyList<Dimension>? Of(NodeContext context, TensorType output) =>
        output is { Element: ElementType.Int64 or ElementType.Int32 or ElementType.Bool, Shape.Rank: 0 or 1 } && context.Node.Domain.Length == 0
        && Rules.TryGetValue(context.Node.OpType, out var rule) && rule(context) is { } values
        && (output.Shape.Rank == 0 ? values.Count == 1 : Dimensions.MayEqual(output.Shape[0], values.Count))
            ? values
            : null;

    private static Dimension Both(Dimension a, Dimension b, Func<long, long, long> operation) => a.Size is { } x && b.Size is { } y ? operation(x, y) : Dimension.Unknown;

    /// <summary>A condition is 1 where it holds, else 0; of one that is not known, the result is where both choices are the same.</summary>
    private static IReadOnlyList<Dimension>? Where(NodeContext c)
    {
        if (c.Values(0) is not { } conditions || c.Values(1) is not { } first || c.Values(2) is not { } second) return null;
        var count = new[] { conditions.Count, first.Count, second.Count }.Max();
        if (new[] { conditions, first, second }.Any(v => v.Count != count && v.Count != 1)) return null;
        Dimension At(IReadOnlyList<Dimension> values, int i) => values[values.Count == 1 ? 0 : i];
        return [.. Enumerable.Range(0, count).Select(i => At(conditions, i).Size switch
        {
            1 => At(first, i),
            0 => At(second, i),
            _ => At(first, i) == At(second, i) ? At(first, i) : Dimension.Unknown,
        })];
    }

    private static IReadOnlyList<Dimension>? Filled(NodeContext c)
    {
        if (c.Integers(0) is not [>= 0 and <= 64 and var count] || c.Node.Tensor("value") is not { ElementType: ElementType.Int64 } value) return null;
        return [.. Enumerable.Repeat((Dimension)value.Span<long>()[0], (int)count)];
    }

    private static IReadOnlyList<Dimension>? Gather(NodeContext c)
    {
        if (c.Values(0) is not { } values || c.Integers(1) is not { } indices) return null;
        return indices.All(i => i >= -values.Count && i < values.Count)
            ? [.. indices.Select(i => values[(int)(i < 0 ? i + values.Count : i)])]
            : throw c.Error($"indices from {-values.Count} to {values.Count - 1}", $"[{string.Join(",", indices)}]");
    }

    private static IReadOnlyList<Dimension>? Slice(NodeContext c)
    {
        if (c.Opset < 10 || c.Values(0) is not { } values || c.Integers(1) is not [var start] || c.Integers(2) is not [var end]) return null;
        if (c.Optional(4) is not null && c.Integers(4) is not [1]) return null;
        var from = (int)Math.Clamp(start < 0 ? start + values.Count : start, 0, values.Count);
        return [.. values.Skip(from).Take((int)IndexingShapes.Length(values.Count, start, end, 1).Size!.Value)];
    }

    private static IReadOnlyList<Dimension>? Elementwise(NodeContext c, Func<Dimension, Dimension, Dimension> operation)
    {
        if (c.Values(0) is not { } a || c.Values(1) is not { } b) return null;
        if (a.Count == b.Count) return [.. a.Zip(b, operation)];
        return a.Count == 1 ? [.. b.Select(y => operation(a[0], y))] : b.Count == 1 ? [.. a.Select(x => operation(x, b[0]))] : null;
    }
}
