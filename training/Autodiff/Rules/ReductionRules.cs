namespace OnnxPipeline.Training.Autodiff.Rules;

/// <summary>Gradients of reductions. g is the gradient of the output y.</summary>
internal static class ReductionRules
{
    private const float SmallestNormal = 1.17549435e-38f;

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
            scaled = c.Op(Ops.Mul, c.Gradient, c.Constant(1f / c.Count(c.X(), axes)));
        }
        else
        {
            string Count(string value) => c.ToFloat(c.Op(Ops.Size, value));
            scaled = c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Div, Count(c.Y()), Count(c.X())));
        }
        return [Spread(c, scaled)];
    }

    /// <summary>y = the largest or smallest x along axes: ∂x = g·[x = y], shared evenly by those that are equal.</summary>
    public static IReadOnlyList<string?> Extreme(GradientContext c)
    {
        var chosen = c.ToFloat(c.Op(Ops.Equal, c.X(), KeepingAxes(c, c.Y())));
        var share = c.Op(Ops.Div, KeepingAxes(c, c.Gradient), c.ReduceSum(chosen, Axes(c, c.Shape(c.X()).Rank), keepDims: true));
        return [c.Op(Ops.Mul, chosen, share)];
    }

    /// <summary>y = Σ|x|: ∂x = g·sign x.</summary>
    public static IReadOnlyList<string?> ReduceL1(GradientContext c) => [c.Op(Ops.Mul, KeepingAxes(c, c.Gradient), c.Op(Ops.Sign, c.X()))];

    /// <summary>y = √Σx²: ∂x = g·x/y, and 0 where all x are.</summary>
    public static IReadOnlyList<string?> ReduceL2(GradientContext c) =>
        [c.Op(Ops.Mul, c.X(), KeepingAxes(c, c.Op(Ops.Div, c.Gradient, c.Op(Ops.Max, c.Y(), c.Constant(SmallestNormal)))))];

    /// <summary>y = Σx²: ∂x = 2g·x.</summary>
    public static IReadOnlyList<string?> ReduceSumSquare(GradientContext c) => [c.Op(Ops.Mul, c.X(), KeepingAxes(c, c.Op(Ops.Add, c.Gradient, c.Gradient)))];

    /// <summary>y = ln Σx: ∂x = g·e⁻ʸ, the same for all.</summary>
    public static IReadOnlyList<string?> ReduceLogSum(GradientContext c) => [Spread(c, c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Exp, c.Op(Ops.Neg, c.Y()))))];

    /// <summary>y = ln Σeˣ: ∂x = g·e^(x−y).</summary>
    public static IReadOnlyList<string?> ReduceLogSumExp(GradientContext c) =>
        [c.Op(Ops.Mul, KeepingAxes(c, c.Gradient), c.Op(Ops.Exp, c.Op(Ops.Sub, c.X(), KeepingAxes(c, c.Y()))))];

    private static string Spread(GradientContext c, string gradient) => c.Op(Ops.Expand, KeepingAxes(c, gradient), c.RuntimeShapeOf(c.X()));

    /// <summary>A value of the output's shape, with the reduced axes as axes of size 1 where the node drops them; a scalar broadcasts as it is.</summary>
    private static string KeepingAxes(GradientContext c, string value)
    {
        var rank = c.Shape(c.X()).Rank;
        var axes = Axes(c, rank);
        return c.Node.Int("keepdims", 1) == 0 && axes.Length > 0 && axes.Length < rank ? c.Op(Ops.Unsqueeze, value, c.Writer.Constant(axes)) : value;
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
