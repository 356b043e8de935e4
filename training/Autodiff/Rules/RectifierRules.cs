namespace OnnxPipeline.Training.Autodiff.Rules;

/// <summary>Gradients of activations made of pieces, which meet at a threshold. g is the gradient of the output y, [·] is 1 where its condition holds, else 0.</summary>
internal static class RectifierRules
{
    /// <summary>y = max(0, x): ∂x = g·[y &gt; 0].</summary>
    public static IReadOnlyList<string?> Relu(GradientContext c) => [c.Op(Ops.Mul, c.Gradient, Positive(c, c.Y()))];

    /// <summary>y = x where x &gt; 0, else αx: ∂x = g·(α + (1−α)·[x &gt; 0]).</summary>
    public static IReadOnlyList<string?> LeakyRelu(GradientContext c)
    {
        var alpha = c.Node.Float("alpha", 0.01f);
        var slope = c.Op(Ops.Add, c.Op(Ops.Mul, Positive(c, c.X()), c.Constant(1 - alpha)), c.Constant(alpha));
        return [c.Op(Ops.Mul, c.Gradient, slope)];
    }

    /// <summary>y = x where x &gt; 0, else s·x: ∂x = g·([x &gt; 0] + s·[x ≤ 0]), ∂s = g·x·[x ≤ 0].</summary>
    public static IReadOnlyList<string?> PRelu(GradientContext c)
    {
        var positive = Positive(c, c.X());
        var negative = c.Op(Ops.Sub, c.Constant(1f), positive);
        return
        [
            c.Needs(0) ? c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Add, positive, c.Op(Ops.Mul, negative, c.X(1)))) : null,
            c.Needs(1) ? c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Mul, negative, c.X())) : null,
        ];
    }

    /// <summary>y = x where x &gt; 0, else α(eˣ − 1), whose slope is y + α.</summary>
    public static IReadOnlyList<string?> Elu(GradientContext c) => [Exponential(c, slope: 1, c.Y(), c.Node.Float("alpha", 1))];

    /// <summary>y = γx where x &gt; 0, else γα(eˣ − 1), whose slope is y + γα. Source: Klambauer et al., "Self-normalizing neural networks", 2017.</summary>
    public static IReadOnlyList<string?> Selu(GradientContext c)
    {
        var gamma = c.Node.Float("gamma", 1.05070102f);
        return [Exponential(c, gamma, c.Y(), gamma * c.Node.Float("alpha", 1.67326319f))];
    }

    /// <summary>y = x where x &gt; 0, else α(e^(x/α) − 1), whose slope is y/α + 1.</summary>
    public static IReadOnlyList<string?> Celu(GradientContext c) => [Exponential(c, slope: 1, c.Op(Ops.Mul, c.Y(), c.Constant(1 / c.Node.Float("alpha", 1))), 1)];

    /// <summary>y = x where x &gt; α, else 0: ∂x = g·[x &gt; α].</summary>
    public static IReadOnlyList<string?> ThresholdedRelu(GradientContext c) => [c.Op(Ops.Mul, c.Gradient, Positive(c, c.Op(Ops.Sub, c.X(), c.Constant(c.Node.Float("alpha", 1)))))];

    /// <summary>y = max(0, min(1, αx + β)): ∂x = g·α·[0 &lt; y &lt; 1].</summary>
    public static IReadOnlyList<string?> HardSigmoid(GradientContext c) => [c.Op(Ops.Mul, c.Op(Ops.Mul, c.Gradient, Inside(c, c.Y())), c.Constant(c.Node.Float("alpha", 0.2f)))];

    /// <summary>y = x·h with h = max(0, min(1, x/6 + ½)): ∂x = g·(h + x/6·[0 &lt; h &lt; 1]). Source: Howard et al., "Searching for MobileNetV3", 2019.</summary>
    public static IReadOnlyList<string?> HardSwish(GradientContext c)
    {
        var h = c.Op(Ops.HardSigmoid, n => n.Set("alpha", 1 / 6f).Set("beta", 0.5f), c.X());
        var rising = c.Op(Ops.Mul, c.Op(Ops.Mul, c.X(), c.Constant(1 / 6f)), Inside(c, h));
        return [c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Add, h, rising))];
    }

    /// <summary>y = max(a, min(b, x)): ∂x = g·[a ≤ x ≤ b]. The bounds are taken as given.</summary>
    /// <exception cref="AutodiffException">A bound depends on a trained value.</exception>
    public static IReadOnlyList<string?> Clip(GradientContext c)
    {
        if (c.Needs(1) || c.Needs(2)) throw new AutodiffException($"{c.Node.DisplayName}: the gradient of Clip covers bounds that are given, not ones computed from weights. Max and Min nodes have gradients for both operands.");
        var gradient = c.Gradient;
        if (Bound(c, 1, "min") is { } low) gradient = c.Op(Ops.Mul, gradient, NotPositive(c, c.Op(Ops.Sub, low, c.X())));
        if (Bound(c, 2, "max") is { } high) gradient = c.Op(Ops.Mul, gradient, NotPositive(c, c.Op(Ops.Sub, c.X(), high)));
        return [gradient];
    }

    /// <summary>An input since operator set 11, an attribute before; null for none.</summary>
    private static string? Bound(GradientContext c, int input, string attribute) =>
        c.Node.Input(input) ?? (c.Node.Has(attribute) ? c.Constant(c.Node.Float(attribute, 0)) : null);

    /// <summary>g·slope where x &gt; 0, else g·(value + offset).</summary>
    private static string Exponential(GradientContext c, float slope, string value, float offset)
    {
        var positive = Positive(c, c.X());
        var rest = c.Op(Ops.Mul, c.Op(Ops.Sub, c.Constant(1f), positive), c.Op(Ops.Add, value, c.Constant(offset)));
        return c.Op(Ops.Mul, c.Gradient, c.Op(Ops.Add, slope == 1 ? positive : c.Op(Ops.Mul, positive, c.Constant(slope)), rest));
    }

    private static string Inside(GradientContext c, string value) => c.Op(Ops.Mul, Positive(c, value), Positive(c, c.Op(Ops.Sub, c.Constant(1f), value)));

    private static string NotPositive(GradientContext c, string value) => c.Op(Ops.Sub, c.Constant(1f), Positive(c, value));

    /// <summary>1 where a value is positive, else 0: a hard sigmoid so steep that every positive normal number saturates it.</summary>
    private static string Positive(GradientContext c, string value) =>
        c.Op(Ops.HardSigmoid, n => n.Set("alpha", float.MaxValue).Set("beta", 0f), value);
}
