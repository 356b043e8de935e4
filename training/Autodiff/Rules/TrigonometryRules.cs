namespace OnnxPipeline.Training.Autodiff.Rules;

/// <summary>Gradients of circular and hyperbolic functions and of their inverses. g is the gradient of the output y.</summary>
internal static class TrigonometryRules
{
    /// <summary>y = sin x: ∂x = g·cos x.</summary>
    public static IReadOnlyList<string?> Sin(GradientContext c) => [c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Cos, c.X()))];

    /// <summary>y = cos x: ∂x = −g·sin x.</summary>
    public static IReadOnlyList<string?> Cos(GradientContext c) => [c.Op(Ops.Neg, c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Sin, c.X())))];

    /// <summary>y = tan x: ∂x = g·(1 + y²).</summary>
    public static IReadOnlyList<string?> Tan(GradientContext c) => [c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Add, c.Constant(1f), Square(c, c.Y())))];

    /// <summary>y = sinh x: ∂x = g·cosh x.</summary>
    public static IReadOnlyList<string?> Sinh(GradientContext c) => [c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Cosh, c.X()))];

    /// <summary>y = cosh x: ∂x = g·sinh x.</summary>
    public static IReadOnlyList<string?> Cosh(GradientContext c) => [c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Sinh, c.X()))];

    /// <summary>y = arcsin x: ∂x = g/√(1 − x²).</summary>
    public static IReadOnlyList<string?> Asin(GradientContext c) => [c.Op(Ops.Div, c.Gradient, Root(c, Ops.Sub, c.Constant(1f), Square(c, c.X())))];

    /// <summary>y = arccos x: ∂x = −g/√(1 − x²).</summary>
    public static IReadOnlyList<string?> Acos(GradientContext c) => [c.Op(Ops.Neg, Asin(c)[0]!)];

    /// <summary>y = arctan x: ∂x = g/(1 + x²).</summary>
    public static IReadOnlyList<string?> Atan(GradientContext c) => [c.Op(Ops.Div, c.Gradient, c.Op(Ops.Add, c.Constant(1f), Square(c, c.X())))];

    /// <summary>y = arsinh x: ∂x = g/√(x² + 1).</summary>
    public static IReadOnlyList<string?> Asinh(GradientContext c) => [c.Op(Ops.Div, c.Gradient, Root(c, Ops.Add, Square(c, c.X()), c.Constant(1f)))];

    /// <summary>y = arcosh x: ∂x = g/√(x² − 1).</summary>
    public static IReadOnlyList<string?> Acosh(GradientContext c) => [c.Op(Ops.Div, c.Gradient, Root(c, Ops.Sub, Square(c, c.X()), c.Constant(1f)))];

    /// <summary>y = artanh x: ∂x = g/(1 − x²).</summary>
    public static IReadOnlyList<string?> Atanh(GradientContext c) => [c.Op(Ops.Div, c.Gradient, c.Op(Ops.Sub, c.Constant(1f), Square(c, c.X())))];

    private static string Square(GradientContext c, string value) => c.Op(Ops.Mul, value, value);

    private static string Root(GradientContext c, string opType, string a, string b) => c.Op(Ops.Sqrt, c.Op(opType, a, b));
}
