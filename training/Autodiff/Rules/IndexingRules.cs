namespace OnnxPipeline.Training.Autodiff.Rules;

/// <summary>Gradients of ops that pick elements by index. g is the gradient of the output y.</summary>
internal static class IndexingRules
{
    /// <summary>The first standard operator set whose ScatterElements adds.</summary>
    private const long AddingScatter = 16;

    /// <summary>
    /// y[…, j, …] = x[…, i(j), …] along an axis: ∂x[…, r, …] = Σ g[…, j, …] over the j with i(j) = r, so a row that is picked often
    /// gets the sum: g is added up in place. Operator sets whose ScatterElements cannot add take OneHot(i)ᵀ·g, which is slower.
    /// </summary>
    public static IReadOnlyList<string?> Gather(GradientContext c)
    {
        if (!c.Needs(0)) return [null, null];
        var shape = c.Shape(c.X());
        var axis = GradientContext.Axis(c.Node.Int("axis", 0), shape.Rank);
        if (c.Writer.Opset >= AddingScatter) return [Scatter(c, shape, axis), null];
        return axis == 0 && shape.IsStatic
            ? [OneHotProduct(c, shape), null]
            : throw new AutodiffException($"{c.Node.DisplayName}: the gradient of Gather along axis {axis} of {shape} needs operator set {AddingScatter} or later, and the model has {c.Writer.Opset}. Gather along axis 0 of a value of known shape has one in any.");
    }

    /// <summary>y = x at the given index along an axis, element by element: each g is added to the element it was picked from.</summary>
    public static IReadOnlyList<string?> GatherElements(GradientContext c)
    {
        RequireAddingScatter(c);
        return [c.Op(Ops.ScatterElements, n => n.Set("axis", c.Node.Int("axis", 0)).Set("reduction", "add"), c.ZerosLike(c.X()), c.X(1), c.Gradient), null];
    }

    /// <summary>y = x at the given coordinates: each g is added to the part it was picked from.</summary>
    public static IReadOnlyList<string?> GatherND(GradientContext c)
    {
        RequireAddingScatter(c);
        if (c.Node.Int("batch_dims", 0) != 0) throw new AutodiffException($"{c.Node.DisplayName}: the gradient of GatherND covers batch_dims 0.");
        return [c.Op(Ops.ScatterND, n => n.Set("reduction", "add"), c.ZerosLike(c.X()), c.X(1), c.Gradient), null];
    }

    /// <summary>The k largest along an axis: each g goes to the place its value came from.</summary>
    public static IReadOnlyList<string?> TopK(GradientContext c) =>
        [c.Op(Ops.ScatterElements, n => n.Set("axis", c.Node.Int("axis", -1)), c.ZerosLike(c.X()), c.OutputOrNew(1, "indices"), c.Gradient), null];

    private static void RequireAddingScatter(GradientContext c)
    {
        if (c.Writer.Opset < AddingScatter)
            throw new AutodiffException($"{c.Node.DisplayName}: the gradient of {c.Node.OpType} needs operator set {AddingScatter} or later, and the model has {c.Writer.Opset}. 'pipeline optimize --opset {AddingScatter}' converts it.");
    }

    private static string OneHotProduct(GradientContext c, TensorShape shape)
    {
        var indices = c.Op(Ops.Reshape, c.Op(Ops.Cast, n => n.Set("to", (long)ElementType.Int64), c.X(1)), c.Writer.Constant(-1));
        var offAndOn = c.Writer.Shared(Initializer.Create<float>("", [0, 1], 2));
        var oneHot = c.Op(Ops.OneHot, indices, c.Writer.Shared(Initializer.Scalar("", shape[0].Size!.Value)), offAndOn);
        var rows = c.Op(Ops.Reshape, c.Gradient, c.Writer.Constant(-1, shape.Skip(1).Aggregate(1L, (n, d) => n * d.Size!.Value)));
        return c.ReshapeLike(c.Op(Ops.Gemm, n => n.Set("transA", 1), oneHot, rows), c.X());
    }

    /// <summary>ScatterElements wants an index for every element of g: the indices, one axis, repeated along the others.</summary>
    private static string Scatter(GradientContext c, TensorShape shape, int axis)
    {
        var sizes = c.Op(Ops.Shape, c.X());
        var rows = c.Op(Ops.Reshape, c.X(1), c.Writer.Constant([-1, .. Enumerable.Repeat(1L, shape.Rank - axis - 1)]));
        var before = c.Op(Ops.Slice, sizes, c.Writer.Constant(0), c.Writer.Constant(axis));
        var after = c.Op(Ops.Slice, sizes, c.Writer.Constant(axis + 1), c.Writer.Constant(shape.Rank));
        var count = c.Op(Ops.Reshape, c.Op(Ops.Size, c.X(1)), c.Writer.Constant(1));
        var flat = c.Op(Ops.Concat, n => n.Set("axis", 0), before, count, after);
        return c.Op(Ops.ScatterElements, n => n.Set("axis", axis).Set("reduction", "add"),
            c.Op(Ops.ConstantOfShape, sizes), c.Op(Ops.Expand, rows, flat), c.Op(Ops.Reshape, c.Gradient, flat));
    }
}
