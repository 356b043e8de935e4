namespace OnnxPipeline.Models.Shapes;

/// <summary>Rules of matrix products.</summary>
internal static class MatrixShapes
{
    /// <summary>[M,K]·[K,N] + C, each factor transposed on request; C stretches to [M,N].</summary>
    public static TensorType[] Gemm(NodeContext c)
    {
        var element = c.Element(0, 1, 2);
        c.Type(1);
        var a = c.ShapeOf(0, 2, "[M,K]");
        var b = c.ShapeOf(1, 2, "[K,N]");
        if (a is null || b is null) return [new(element, null)];
        var (rows, inner) = c.Node.Int("transA", 0) != 0 ? (a[1], a[0]) : (a[0], a[1]);
        var (other, columns) = c.Node.Int("transB", 0) != 0 ? (b[1], b[0]) : (b[0], b[1]);
        CheckInner(c, inner, other, a, b);
        var result = new TensorShape(rows, columns);
        if (c.Optional(2)?.Shape is { } bias && (bias.Rank > 2 || Broadcasting.Broadcast(bias, result) is not { } both || !Dimensions.MayEqual(both, result)))
            throw c.Error($"a bias that stretches to {result}", $"'{c.Node.Inputs[2]}' {bias}");
        return [new(element, result)];
    }

    /// <summary>NumPy's matmul: the last two axes are matrices, those before them broadcast; a vector is a row on the left, a column on the right.</summary>
    public static TensorType[] MatMul(NodeContext c) => [new(c.Element(0, 1), Product(c, false, false))];

    public static TensorType[] MatMulInteger(NodeContext c) => [new(ElementType.Int32, Product(c, false, false))];

    /// <summary>com.microsoft.FusedMatMul: MatMul of factors that may be transposed in their last two axes, scaled by alpha.</summary>
    public static TensorType[] FusedMatMul(NodeContext c)
    {
        var element = c.FloatElement(0, 1);
        var batchMoves = c.Node.Int("transBatchA", 0) != 0 || c.Node.Int("transBatchB", 0) != 0;
        return [new(element, batchMoves ? null : Product(c, c.Node.Int("transA", 0) != 0, c.Node.Int("transB", 0) != 0))];
    }

    /// <summary>Each axis of the result has the size that its letter has among the operands; of a stretched one the larger.</summary>
    public static TensorType[] Einsum(NodeContext c)
    {
        var element = c.Element(Enumerable.Range(0, Math.Max(1, c.InputCount)));
        var shapes = Enumerable.Range(0, c.InputCount).Select(c.Shape).ToArray();
        if (shapes.Any(s => s is null)) return [new(element, null)];
        EinsumEquation equation;
        try
        {
            equation = EinsumEquation.Parse(c.Node.String("equation") ?? "", [.. shapes.Select(s => s!.Rank)]);
        }
        catch (FormatException exception)
        {
            throw c.Error("an equation that fits its operands", exception.Message);
        }
        var sizes = new Dictionary<char, Dimension>();
        foreach (var (axis, size) in equation.Operands.Zip(shapes).SelectMany(pair => pair.First.Zip(pair.Second!)))
        {
            if (!sizes.TryGetValue(axis, out var other) || other.Size == 1) sizes[axis] = size;
            else if (size.Size != 1 && !Dimensions.MayEqual(size, other)) throw c.Error($"one size for axis '{axis}' of the equation", $"{other} and {size}");
            else if (size.Size != 1) sizes[axis] = Dimensions.Merge(other, size);
        }
        return [new(element, new TensorShape([.. equation.Output.Select(axis => sizes[axis])]))];
    }

    private static TensorShape? Product(NodeContext c, bool transposeA, bool transposeB)
    {
        if (c.ShapeFrom(0, 1, "[..., M, K]") is not { } a || c.ShapeFrom(1, 1, "[..., K, N]") is not { } b) return null;
        var left = a.Rank == 1 ? [1, a[0]] : transposeA ? Swapped(a) : [.. a];
        var right = b.Rank == 1 ? [b[0], 1] : transposeB ? Swapped(b) : [.. b];
        CheckInner(c, left[^1], right[^2], a, b);
        var batch = Broadcasting.Broadcast(new TensorShape(left[..^2]), new TensorShape(right[..^2]))
            ?? throw c.Error($"leading axes that broadcast ('{c.Node.Inputs[0]}' {a})", $"'{c.Node.Inputs[1]}' {b}");
        IEnumerable<Dimension> row = a.Rank == 1 ? [] : [left[^2]];
        IEnumerable<Dimension> column = b.Rank == 1 ? [] : [right[^1]];
        return new TensorShape([.. batch, .. row, .. column]);
    }

    private static void CheckInner(NodeContext c, Dimension inner, Dimension other, TensorShape a, TensorShape b)
    {
        if (!Dimensions.MayEqual(inner, other))
            throw c.Error($"factors whose inner sizes agree ('{c.Node.Inputs[0]}' {a} gives {inner})", $"{other} from '{c.Node.Inputs[1]}' {b}");
    }

    private static Dimension[] Swapped(TensorShape shape) => [.. shape.Take(shape.Rank - 2), shape[shape.Rank - 1], shape[shape.Rank - 2]];
}
