namespace OnnxPipeline.Training.Autodiff.Rules;

/// <summary>Gradients of activations. g is the gradient of the output y.</summary>
internal static class ActivationRules
{
    /// <summary>y = max(0, x): ∂x = g where y &gt; 0, else 0.</summary>
    public static IReadOnlyList<string?> Relu(GradientContext c) => [c.Op(Ops.Mul, c.Gradient, Positive(c, c.Y()))];

    /// <summary>y = x where x &gt; 0, else αx: ∂x = g·(α + (1−α)·[x &gt; 0]).</summary>
    public static IReadOnlyList<string?> LeakyRelu(GradientContext c)
    {
        var alpha = c.Node.Float("alpha", 0.01f);
        var slope = c.Op(Ops.Add, c.Op(Ops.Mul, Positive(c, c.X()), c.Constant(1 - alpha)), c.Constant(alpha));
        return [c.Op(Ops.Mul, c.Gradient, slope)];
    }

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
    public static IReadOnlyList<string?> Gelu(GradientContext c)
    {
        var x = c.X();
        string slope;
        if (c.Node.String("approximate") == "tanh")
        {
            var scale = MathF.Sqrt(2 / MathF.PI);
            var square = c.Op(Ops.Mul, x, x);
            var u = c.Op(Ops.Mul, x, c.Op(Ops.Add, c.Op(Ops.Mul, square, c.Constant(scale * 0.044715f)), c.Constant(scale)));
            var uSlope = c.Op(Ops.Add, c.Op(Ops.Mul, square, c.Constant(3 * scale * 0.044715f)), c.Constant(scale));
            var t = c.Op(Ops.Tanh, u);
            var outer = c.Op(Ops.Mul, c.Op(Ops.Sub, c.Constant(1f), c.Op(Ops.Mul, t, t)), c.Op(Ops.Mul, x, uSlope));
            slope = c.Op(Ops.Mul, c.Op(Ops.Add, c.Op(Ops.Add, t, outer), c.Constant(1f)), c.Constant(0.5f));
        }
        else
        {
            var distribution = c.Op(Ops.Mul, c.Op(Ops.Add, c.Op(Ops.Erf, c.Op(Ops.Mul, x, c.Constant(MathF.Sqrt(0.5f)))), c.Constant(1f)), c.Constant(0.5f));
            var exponent = c.Op(Ops.Mul, c.Op(Ops.Mul, x, x), c.Constant(-0.5f));
            var density = c.Op(Ops.Mul, c.Op(Ops.Exp, exponent), c.Constant(1 / MathF.Sqrt(2 * MathF.PI)));
            slope = c.Op(Ops.Add, distribution, c.Op(Ops.Mul, x, density));
        }
        return [c.Op(Ops.Mul, c.Gradient, slope)];
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

    /// <summary>1 where a value is positive, else 0: a hard sigmoid so steep that every positive normal number saturates it.</summary>
    private static string Positive(GradientContext c, string value) =>
        c.Op(Ops.HardSigmoid, n => n.Set("alpha", float.MaxValue).Set("beta", 0f), value);

    private static long SoftmaxAxis(GradientContext c) => c.Node.Int("axis", -1);
}
