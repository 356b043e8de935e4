namespace OnnxPipeline.Training.Autodiff.Rules;

/// <summary>Gradients of reductions. g is the gradient of the output y.</summary>
internal static class ReductionRules
{
    /// <summary>y = Σ x over axes: ∂x = g, repeated along them.</summary>
    public static IReadOnlyList<string?> ReduceSum(GradientContext c) => [Spread(c, c.Gradient)];

    /// <summary>y = mean of x over axes: ∂x = g/n, repeated along them; n is the number of elements averaged.</summary>
    public static IReadOnlyList<string?> ReduceMean(GradientContext c)
    {
        var shape = c.Shape(c.X());
        var axes = Axes(c, shape.Rank);
        string scaled;
        if (axes.All(axis => shape[(int)axis].Size is not null))
        {
            scaled = c.Op(Ops.Mul, c.Gradient, c.Constant(1f / axes.Aggregate(1L, (n, axis) => n * shape[(int)axis].Size!.Value)));
        }
        else
        {
            string Count(string value) => c.Op(Ops.Cast, n => n.Set("to", (long)ElementType.Float), c.Op(Ops.Size, value));
            scaled = c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Div, Count(c.Y()), Count(c.X())));
        }
        return [Spread(c, scaled)];
    }

    private static string Spread(GradientContext c, string gradient)
    {
        var shape = c.Shape(c.X());
        var axes = Axes(c, shape.Rank);
        if (c.Node.Int("keepdims", 1) == 0 && axes.Length > 0 && axes.Length < shape.Rank)
            gradient = c.Op(Ops.Unsqueeze, gradient, c.Writer.Constant(axes));
        return c.Op(Ops.Expand, gradient, c.RuntimeShapeOf(c.X()));
    }

    /// <summary>The reduced axes, from the attribute or the constant second input; all of them when neither is there.</summary>
    private static long[] Axes(GradientContext c, int rank)
    {
        var given = c.Node.Ints("axes");
        if (given is null && c.Node.Input(1) is { } input)
        {
            given = c.ConstantInts(input)
                ?? throw new AutodiffException($"{c.Node.DisplayName}: the axes '{input}' are computed at run time; the gradient of {c.Node.OpType} needs them constant.");
        }
        if (given is null or { Count: 0 })
            return c.Node.Int("noop_with_empty_axes", 0) != 0 ? [] : [.. Enumerable.Range(0, rank).Select(axis => (long)axis)];
        return [.. given.Select(axis => (long)GradientContext.Axis(axis, rank)).Order()];
    }
}
