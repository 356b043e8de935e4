namespace OnnxPipeline.Training.Autodiff.Rules;

/// <summary>Gradients of activations. g is the gradient of the output y.</summary>
internal static class ActivationRules
{
    /// <summary>y = tanh x: ∂x = g·(1 − y²).</summary>
    public static IReadOnlyList<string?> Tanh(GradientContext c) =>
        [c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Sub, c.Constant(1f), c.Op(Ops.Mul, c.Y(), c.Y())))];

    /// <summary>y = σ(x): ∂x = g·y·(1 − y).</summary>
    public static IReadOnlyList<string?> Sigmoid(GradientContext c) =>
        [c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Mul, c.Y(), c.Op(Ops.Sub, c.Constant(1f), c.Y())))];

    /// <summary>y = log(1 + eˣ): ∂x = g·σ(x).</summary>
    public static IReadOnlyList<string?> Softplus(GradientContext c) => [c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Sigmoid, c.X()))];

    /// <summary>
    /// y = x·Φ(x), Φ the standard normal distribution: ∂x = g·(Φ(x) + x·φ(x)). With approximate = "tanh",
    /// y = x/2·(1 + t), t = tanh u, u = √(2/π)(x + 0.044715x³): ∂x = g·((1 + t)/2 + x/2·(1 − t²)·u′).
    /// Source: Hendrycks and Gimpel, "Gaussian error linear units", 2016.
    /// </summary>
    public static IReadOnlyList<string?> Gelu(GradientContext c) => [c.Op(Ops.Mul, c.Gradient, c.Node.String("approximate") == "tanh" ? TanhGeluSlope(c, c.X()) : GeluSlope(c, c.X()))];

    /// <summary>ONNX Runtime's FastGelu, in the tanh form, and BiasGelu: both of x + b.</summary>
    public static IReadOnlyList<string?> BiasedGelu(GradientContext c)
    {
        var sum = c.Node.Input(1) is { } bias ? c.Op(Ops.Add, c.X(), bias) : c.X();
        var gradient = c.Op(Ops.Mul, c.Gradient, c.Node.OpType == Ops.FastGelu ? TanhGeluSlope(c, sum) : GeluSlope(c, sum));
        return [gradient, gradient];
    }

    /// <summary>y = x·σ(αx): ∂x = g·(s + α·y·(1 − s)) with s = σ(αx). ONNX Runtime's QuickGelu has α = 1.702.</summary>
    public static IReadOnlyList<string?> Swish(GradientContext c)
    {
        var alpha = c.Node.Float("alpha", c.Node.OpType == Ops.QuickGelu ? 1.702f : 1);
        var s = c.Op(Ops.Sigmoid, c.Op(Ops.Mul, c.X(), c.Constant(alpha)));
        var rest = c.Op(Ops.Mul, c.Op(Ops.Mul, c.Y(), c.Constant(alpha)), c.Op(Ops.Sub, c.Constant(1f), s));
        return [c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Add, s, rest))];
    }

    /// <summary>y = x·t with t = tanh(log(1 + eˣ)): ∂x = g·(t + x·σ(x)·(1 − t²)). Source: Misra, "Mish", 2019.</summary>
    public static IReadOnlyList<string?> Mish(GradientContext c)
    {
        var t = c.Op(Ops.Tanh, c.Op(Ops.Softplus, c.X()));
        var rest = c.Op(Ops.Mul, c.Op(Ops.Mul, c.X(), c.Op(Ops.Sigmoid, c.X())), c.Op(Ops.Sub, c.Constant(1f), c.Op(Ops.Mul, t, t)));
        return [c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Add, t, rest))];
    }

    /// <summary>y = x/(1 + |x|): ∂x = g/(1 + |x|)².</summary>
    public static IReadOnlyList<string?> Softsign(GradientContext c)
    {
        var size = c.Op(Ops.Add, c.Op(Ops.Abs, c.X()), c.Constant(1f));
        return [c.Op(Ops.Div, c.Gradient, c.Op(Ops.Mul, size, size))];
    }

    /// <summary>y = softmax(x) along an axis: ∂x = y·(g − Σ g·y).</summary>
    public static IReadOnlyList<string?> Softmax(GradientContext c)
    {
        var weighted = c.Op(Ops.Mul, c.Gradient, c.Y());
        var total = c.ReduceSum(weighted, [SoftmaxAxis(c)], keepDims: true);
        return [c.Op(Ops.Mul, c.Y(), c.Op(Ops.Sub, c.Gradient, total))];
    }

    /// <summary>y = log softmax(x) along an axis: ∂x = g − eʸ·Σ g.</summary>
    public static IReadOnlyList<string?> LogSoftmax(GradientContext c) => [LogSoftmax(c, c.Gradient, c.Y(), SoftmaxAxis(c))];

    internal static string LogSoftmax(GradientContext c, string gradient, string logProbabilities, long axis)
    {
        var total = c.ReduceSum(gradient, [axis], keepDims: true);
        return c.Op(Ops.Sub, gradient, c.Op(Ops.Mul, c.Op(Ops.Exp, logProbabilities), total));
    }

    private static long SoftmaxAxis(GradientContext c) => c.Node.Int("axis", -1);

    /// <summary>Φ(x) + x·φ(x).</summary>
    private static string GeluSlope(GradientContext c, string x)
    {
        var distribution = c.Op(Ops.Mul, c.Op(Ops.Add, c.Op(Ops.Erf, c.Op(Ops.Mul, x, c.Constant(MathF.Sqrt(0.5f)))), c.Constant(1f)), c.Constant(0.5f));
        var exponent = c.Op(Ops.Mul, c.Op(Ops.Mul, x, x), c.Constant(-0.5f));
        var density = c.Op(Ops.Mul, c.Op(Ops.Exp, exponent), c.Constant(1 / MathF.Sqrt(2 * MathF.PI)));
        return c.Op(Ops.Add, distribution, c.Op(Ops.Mul, x, density));
    }

    /// <summary>(1 + t)/2 + x/2·(1 − t²)·u′.</summary>
    private static string TanhGeluSlope(GradientContext c, string x)
    {
        var scale = MathF.Sqrt(2 / MathF.PI);
        var square = c.Op(Ops.Mul, x, x);
        var u = c.Op(Ops.Mul, x, c.Op(Ops.Add, c.Op(Ops.Mul, square, c.Constant(scale * 0.044715f)), c.Constant(scale)));
        var uSlope = c.Op(Ops.Add, c.Op(Ops.Mul, square, c.Constant(3 * scale * 0.044715f)), c.Constant(scale));
        var t = c.Op(Ops.Tanh, u);
        var outer = c.Op(Ops.Mul, c.Op(Ops.Sub, c.Constant(1f), c.Op(Ops.Mul, t, t)), c.Op(Ops.Mul, x, uSlope));
        return c.Op(Ops.Mul, c.Op(Ops.Add, c.Op(Ops.Add, t, outer), c.Constant(1f)), c.Constant(0.5f));
    }
}
