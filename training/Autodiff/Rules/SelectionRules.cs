namespace OnnxPipeline.Training.Autodiff.Rules;

/// <summary>Gradients of ops that take each element from one of their operands. g is the gradient of the output y.</summary>
internal static class SelectionRules
{
    /// <summary>Max and Min of any number of operands: ∂xᵢ = g·[xᵢ = y], shared evenly by those that are equal.</summary>
    public static IReadOnlyList<string?> Extreme(GradientContext c)
    {
        var chosen = c.Node.Inputs.Select(input => c.ToFloat(c.Op(Ops.Equal, input, c.Y()))).ToArray();
        var share = chosen.Length == 1 ? c.Gradient : c.Op(Ops.Div, c.Gradient, c.Op(Ops.Sum, chosen));
        return [.. chosen.Select((mask, i) => c.Needs(i) ? c.Op(Ops.Mul, share, mask) : null)];
    }

    /// <summary>y = a where a condition holds, else b: ∂a = g·[condition], ∂b = g − ∂a.</summary>
    public static IReadOnlyList<string?> Where(GradientContext c)
    {
        var first = c.Op(Ops.Mul, c.Gradient, c.ToFloat(c.X()));
        return [null, c.Needs(1) ? first : null, c.Needs(2) ? c.Op(Ops.Sub, c.Gradient, first) : null];
    }
}
