namespace OnnxPipeline.Models.Shapes;

/// <summary>Rules of operators that make values from attributes, or from shapes alone.</summary>
internal static class ConstantShapes
{
    public static TensorType[] Constant(NodeContext c)
    {
        var node = c.Node;
        if (node.Tensor("value") is { } tensor) return [tensor.Type];
        if (node.Has("value_float")) return [new(ElementType.Float, TensorShape.Scalar)];
        if (node.Has("value_int")) return [new(ElementType.Int64, TensorShape.Scalar)];
        if (node.Has("value_string")) return [new(ElementType.String, TensorShape.Scalar)];
        if (node.Floats("value_floats") is { } floats) return [new(ElementType.Float, TensorShape.Of(floats.Count))];
        if (node.Ints("value_ints") is { } ints) return [new(ElementType.Int64, TensorShape.Of(ints.Count))];
        if (node.Strings("value_strings") is { } strings) return [new(ElementType.String, TensorShape.Of(strings.Count))];
        return node.Has("sparse_value") ? [default] : throw c.Error("one of the attributes value, value_float(s), value_int(s), value_string(s), sparse_value", "none");
    }

    public static TensorType[] ConstantOfShape(NodeContext c)
    {
        var element = c.Node.Tensor("value")?.ElementType ?? ElementType.Float;
        if (c.Values(0) is { } sizes)
            return [new(element, sizes.All(s => s.Size is not < 0) ? new TensorShape(sizes) : throw c.Error("sizes of at least 0", $"{new TensorShape(sizes)}"))];
        return [new(element, c.Shape(0) is [{ Size: { } rank and >= 0 and <= 64 }] ? new TensorShape([.. Enumerable.Repeat(Dimension.Unknown, (int)rank)]) : null)];
    }

    public static TensorType[] EyeLike(NodeContext c) =>
        [new(c.Node.Has("dtype") ? (ElementType)c.Node.Int("dtype", 0) : c.Type(0).Element, c.ShapeOf(0, 2, "[M,N]"))];

    public static TensorType[] Range(NodeContext c)
    {
        var count = c.Number(0) is { } start && c.Number(1) is { } limit && c.Number(2) is { } delta && Math.Ceiling((limit - start) / delta) is >= 0 and < int.MaxValue and var steps
            ? (long)steps
            : Dimension.Unknown;
        return [new(c.Element(0, 1, 2), new TensorShape(count))];
    }

    /// <summary>The sizes of the axes from 'start' to 'end' (opset 15), as a vector.</summary>
    public static TensorType[] Shape(NodeContext c) =>
        [new(ElementType.Int64, new TensorShape(c.Shape(0) is { } x ? Part(c, x).Count() : Dimension.Unknown))];

    public static TensorType[] Size(NodeContext c)
    {
        c.Type(0);
        return [new(ElementType.Int64, TensorShape.Scalar)];
    }

    internal static IEnumerable<Dimension> Part(NodeContext c, TensorShape x)
    {
        var start = Clamp(c.Node.Int("start", 0), x.Rank);
        return x.Take(Clamp(c.Node.Int("end", x.Rank), x.Rank)).Skip(start);
    }

    private static int Clamp(long axis, int rank) => (int)Math.Clamp(axis < 0 ? axis + rank : axis, 0, rank);
}
