namespace OnnxPipeline.Training.Autodiff.Rules;

/// <summary>Gradients of elementwise arithmetic. g is the gradient of the output y.</summary>
internal static class ElementwiseRules
{
    /// <summary>y = a + b: ∂a = g, ∂b = g.</summary>
    public static IReadOnlyList<string?> Add(GradientContext c) => [c.Gradient, c.Gradient];

    /// <summary>y = Σ xᵢ: ∂xᵢ = g.</summary>
    public static IReadOnlyList<string?> Sum(GradientContext c) => [.. c.Node.Inputs.Select(_ => c.Gradient)];

    /// <summary>y = Σ xᵢ/n: ∂xᵢ = g/n.</summary>
    public static IReadOnlyList<string?> Mean(GradientContext c)
    {
        var share = c.Op(Ops.Mul, c.Gradient, c.Constant(1f / c.Node.Inputs.Count));
        return [.. c.Node.Inputs.Select(_ => share)];
    }

    /// <summary>y = a − b: ∂a = g, ∂b = −g.</summary>
    public static IReadOnlyList<string?> Sub(GradientContext c) => [c.Gradient, c.Needs(1) ? c.Op(Ops.Neg, c.Gradient) : null];

    /// <summary>y = a·b: ∂a = g·b, ∂b = g·a.</summary>
    public static IReadOnlyList<string?> Mul(GradientContext c) =>
    [
        c.Needs(0) ? c.Op(Ops.Mul, c.Gradient, c.X(1)) : null,
        c.Needs(1) ? c.Op(Ops.Mul, c.Gradient, c.X(0)) : null,
    ];

    /// <summary>y = a/b: ∂a = g/b, ∂b = −g·y/b.</summary>
    public static IReadOnlyList<string?> Div(GradientContext c)
    {
        var quotient = c.Op(Ops.Div, c.Gradient, c.X(1));
        return [quotient, c.Needs(1) ? c.Op(Ops.Neg, c.Op(Ops.Mul, quotient, c.Y())) : null];
    }

    /// <summary>y = aᵇ: ∂a = g·b·aᵇ⁻¹, ∂b = g·y·ln a.</summary>
    public static IReadOnlyList<string?> Pow(GradientContext c)
    {
        string? dBase = null, dExponent = null;
        if (c.Needs(0))
        {
            var power = c.Op(Ops.Pow, c.X(0), c.Op(Ops.Sub, c.X(1), c.Constant(1f)));
            dBase = c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Mul, c.X(1), power));
        }
        if (c.Needs(1)) dExponent = c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Mul, c.Y(), c.Op(Ops.Log, c.X(0))));
        return [dBase, dExponent];
    }

    /// <summary>y = −x: ∂x = −g.</summary>
    public static IReadOnlyList<string?> Neg(GradientContext c) => [c.Op(Ops.Neg, c.Gradient)];

    /// <summary>y = |x|: ∂x = g·sign x, with 0 at 0.</summary>
    public static IReadOnlyList<string?> Abs(GradientContext c) => [c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Sign, c.X()))];

    /// <summary>y = eˣ: ∂x = g·y.</summary>
    public static IReadOnlyList<string?> Exp(GradientContext c) => [c.Op(Ops.Mul, c.Gradient, c.Y())];

    /// <summary>y = ln x: ∂x = g/x.</summary>
    public static IReadOnlyList<string?> Log(GradientContext c) => [c.Op(Ops.Div, c.Gradient, c.X())];

    /// <summary>y = √x: ∂x = g/(2y).</summary>
    public static IReadOnlyList<string?> Sqrt(GradientContext c) => [c.Op(Ops.Div, c.Gradient, c.Op(Ops.Add, c.Y(), c.Y()))];

    /// <summary>y = 1/x: ∂x = −g·y².</summary>
    public static IReadOnlyList<string?> Reciprocal(GradientContext c) =>
        [c.Op(Ops.Neg, c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Mul, c.Y(), c.Y())))];

    /// <summary>y = erf x: ∂x = g·(2/√π)·e^(−x²).</summary>
    public static IReadOnlyList<string?> Erf(GradientContext c)
    {
        var bell = c.Op(Ops.Exp, c.Op(Ops.Neg, c.Op(Ops.Mul, c.X(), c.X())));
        return [c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Mul, bell, c.Constant(2 / MathF.Sqrt(MathF.PI))))];
    }
}
