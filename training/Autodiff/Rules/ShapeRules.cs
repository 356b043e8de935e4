namespace OnnxPipeline.Training.Autodiff.Rules;

/// <summary>Gradients of ops that move elements without changing them. g is the gradient of the output.</summary>
internal static class ShapeRules
{
    /// <summary>Flatten, Reshape, Squeeze, Unsqueeze: ∂x is g in the shape of x.</summary>
    public static IReadOnlyList<string?> Reshape(GradientContext c) => [c.ReshapeLike(c.Gradient, c.X())];

    /// <summary>∂x is g transposed back, by the inverse permutation.</summary>
    public static IReadOnlyList<string?> Transpose(GradientContext c)
    {
        var rank = c.Shape(c.X()).Rank;
        var permutation = c.Node.Ints("perm") ?? [.. Enumerable.Range(0, rank).Select(axis => (long)(rank - 1 - axis))];
        var inverse = new long[rank];
        for (var axis = 0; axis < rank; axis++) inverse[permutation[axis]] = axis;
        return [c.Op(Ops.Transpose, n => n.Set("perm", inverse), c.Gradient)];
    }

    /// <summary>∂xᵢ is the slice of g that came from xᵢ.</summary>
    public static IReadOnlyList<string?> Concat(GradientContext c)
    {
        var axis = GradientContext.Axis(c.Node.Int("axis", 0), c.Shape(c.Y()).Rank);
        var sizes = c.Node.Inputs.Select(input => c.Size(input, axis)).ToArray();
        var split = c.Writer.Add(Ops.Split, [c.Gradient, c.Writer.Constant(sizes)], sizes.Length, n => n.Set("axis", axis));
        return [.. split.Outputs];
    }

    /// <summary>Repeated along axes of size 1; the walk sums g over them.</summary>
    public static IReadOnlyList<string?> Expand(GradientContext c) => [c.Gradient];

    /// <summary>y = x: ∂x = g.</summary>
    public static IReadOnlyList<string?> Identity(GradientContext c) => [c.Gradient];

    /// <summary>Between floating-point types ∂x is g cast back; from an integer there is none.</summary>
    public static IReadOnlyList<string?> Cast(GradientContext c)
    {
        var from = c.Element(c.X());
        return [from.IsFloatingPoint() ? c.Op(Ops.Cast, n => n.Set("to", (long)from), c.Gradient) : null];
    }
}
