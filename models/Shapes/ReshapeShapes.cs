namespace OnnxPipeline.Models.Shapes;

/// <summary>The rule of Reshape: 0 copies an axis, -1 takes what is left. Symbols cancel, so [batch,3,4] → [-1,12] is [batch,12].</summary>
internal static class ReshapeShapes
{
    public static TensorType[] Reshape(NodeContext c)
    {
        var type = c.Type(0);
        c.Require(1, ElementType.Int64);
        if (c.Values(1) is not { } target)
            return [type with { Shape = c.Type(1).Shape is [{ Size: { } rank and >= 0 and <= 64 }] ? new TensorShape([.. Enumerable.Repeat(Dimension.Unknown, (int)rank)]) : null }];

        var result = target.ToArray();
        var copied = new HashSet<int>();
        for (var axis = 0; axis < result.Length; axis++)
        {
            if (result[axis].Size is < -1) throw c.Error("sizes of at least -1", $"{new TensorShape(target)}");
            if (result[axis].Size != 0 || c.Node.Int("allowzero", 0) != 0) continue;
            if (type.Shape is { } shape && axis >= shape.Rank) throw c.Error($"0 only where the input {shape} has an axis to copy", $"{new TensorShape(target)}");
            result[axis] = type.Shape?[axis] ?? Dimension.Unknown;
            copied.Add(axis);
        }
        if (result.Count(d => d.Size == -1) > 1) throw c.Error("at most one -1", $"{new TensorShape(target)}");

        var rest = Array.FindIndex(result, d => d.Size == -1);
        if (rest < 0) return [type with { Shape = Check(c, type.Shape, new TensorShape(result)) }];
        result[rest] = type.Shape is null ? Dimension.Unknown : Left(c, [.. type.Shape.Where((_, i) => !copied.Contains(i))], [.. result.Where((_, i) => i != rest && !copied.Contains(i))]);
        return [type with { Shape = new TensorShape(result) }];
    }

    private static TensorShape Check(NodeContext c, TensorShape? from, TensorShape to) =>
        from?.ElementCount is { } before && to.ElementCount is { } after && before != after
            ? throw c.Error($"a shape of {before} elements, as the input {from} has", $"{to} of {after}")
            : to;

    private static Dimension Left(NodeContext c, List<Dimension> input, List<Dimension> output)
    {
        foreach (var symbol in output.Where(d => d.Symbol is not null).ToArray())
        {
            if (input.Remove(symbol)) output.Remove(symbol);
        }
        var (whole, taken) = (Dimensions.Product(input.Where(d => d.Size is not null)), Dimensions.Product(output.Where(d => d.Size is not null)));
        var open = input.Where(d => d.Size is null).ToArray();
        if (output.Any(d => d.Size is null) || open.Length > 1 || taken.Size is not > 0 || whole.Size is not { } count) return Dimension.Unknown;
        if (open.Length == 1) return count == taken.Size ? open[0] : Dimension.Unknown;
        return count % taken.Size == 0 ? count / taken.Size.Value : throw c.Error($"a shape that divides {count} elements", $"{new TensorShape(output)} and -1");
    }
}
