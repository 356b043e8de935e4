namespace OnnxPipeline.Training.Autodiff.Rules;

/// <summary>Gradients of normalisation. g is the gradient of the output, x̂ = (x − μ)·r with r = 1/√(σ² + ε), channels on axis 1.</summary>
internal static class NormalizationRules
{
    /// <summary>
    /// Training form, μ and σ² those of the batch of m values a channel: ∂β = Σg, ∂γ = Σg·x̂,
    /// ∂x = γr·(g − ∂β/m − x̂·∂γ/m), which per channel is A·(g + B·x + D). Inference form, μ and σ² fixed: ∂x = γr·g.
    /// Source: Ioffe and Szegedy, "Batch normalization", 2015.
    /// </summary>
    public static IReadOnlyList<string?> BatchNormalization(GradientContext c)
    {
        var shape = c.Shape(c.X());
        var training = c.Node.Int("training_mode", 0) != 0;
        if (training && (c.Node.Outputs.Count < 3 || c.Node.Float("momentum", 0.9f) != 0))
            throw new AutodiffException($"{c.Node.DisplayName}: a BatchNormalization in training mode must be lowered first, so that it gives the batch's mean and variance.");

        var (x, g, gamma) = (c.X(), c.Gradient, c.X(1));
        var mean = training ? c.Y(1) : c.X(3);
        var variance = training ? c.Y(2) : c.X(4);
        long[] axes = [0, .. Enumerable.Range(2, shape.Rank - 2).Select(axis => (long)axis)];

        var r = c.Op(Ops.Reciprocal, c.Op(Ops.Sqrt, c.Op(Ops.Add, variance, c.Constant(c.Node.Float("epsilon", 1e-5f)))));
        var scale = c.Op(Ops.Mul, gamma, r);
        if (!training && !c.Needs(1)) return [c.Factored(c.Op(Ops.Identity, g), scale), null, c.Needs(2) ? c.ReduceSum(g, axes, false) : null, null, null];

        var sum = c.ReduceSum(g, axes, keepDims: false);
        var product = c.ReduceSum(c.Op(Ops.Mul, g, x), axes, keepDims: false);
        var dGamma = c.Op(Ops.Mul, r, c.Op(Ops.Sub, product, c.Op(Ops.Mul, mean, sum)));
        var dx = !c.Needs(0) ? null : training
            ? Affine(c, scale, r, mean, sum, dGamma)
            : c.Factored(c.Op(Ops.Identity, g), scale);
        return [dx, dGamma, sum, null, null];
    }

    /// <summary>
    /// x̂ = (x − μ)·r over the last axes from "axis" on, y = γ·x̂ + β. With h = g·γ: ∂x = r·(h − mean h − x̂·mean(h·x̂)),
    /// ∂γ = Σ g·x̂, ∂β = Σ g over the leading axes. Source: Ba, Kiros and Hinton, "Layer normalization", 2016.
    /// </summary>
    public static IReadOnlyList<string?> LayerNormalization(GradientContext c)
    {
        var rank = c.Shape(c.X()).Rank;
        var axis = GradientContext.Axis(c.Node.Int("axis", -1), rank);
        long[] normalized = [.. Enumerable.Range(axis, rank - axis).Select(a => (long)a)];
        long[] leading = [.. Enumerable.Range(0, axis).Select(a => (long)a)];
        var mean = c.OutputOrNew(1, "mean");
        var r = c.OutputOrNew(2, "inverse_deviation");

        var standardized = c.Op(Ops.Mul, c.Op(Ops.Sub, c.X(), mean), r);
        var h = c.Op(Ops.Mul, c.Gradient, c.X(1));
        return
        [
            Centred(c, h, standardized, r, normalized, c.Count(c.X(), normalized)),
            c.Needs(1) ? c.ReduceSum(c.Op(Ops.Mul, c.Gradient, standardized), leading, keepDims: false) : null,
            c.Needs(2) ? c.ReduceSum(c.Gradient, leading, keepDims: false) : null,
        ];
    }

    /// <summary>Each channel of each sample by its own mean and variance over the positions: ∂x, ∂γ and ∂β as for LayerNormalization, γ and β by channel. Source: Ulyanov et al., "Instance normalization", 2016.</summary>
    public static IReadOnlyList<string?> InstanceNormalization(GradientContext c)
    {
        var shape = c.Shape(c.X());
        long[] positions = [.. Enumerable.Range(2, shape.Rank - 2).Select(a => (long)a)];
        var count = c.Count(c.X(), positions);
        var (standardized, r) = Standardized(c, c.X(), positions, count);
        var h = c.Op(Ops.Mul, c.Gradient, FactoredGradients.PerChannel(c.Writer, c.X(1), shape.Rank));
        long[] all = [0, .. positions];
        return
        [
            Centred(c, h, standardized, r, positions, count),
            c.Needs(1) ? c.ReduceSum(c.Op(Ops.Mul, c.Gradient, standardized), all, keepDims: false) : null,
            c.Needs(2) ? c.ReduceSum(c.Gradient, all, keepDims: false) : null,
        ];
    }

    /// <summary>The same over groups of channels; γ and β by channel, and before operator set 21 by group. Source: Wu and He, "Group normalization", 2018.</summary>
    public static IReadOnlyList<string?> GroupNormalization(GradientContext c)
    {
        var shape = c.Shape(c.X());
        var groups = c.Node.Int("num_groups", 1);
        var channels = c.Size(c.X(), 1);
        var positions = c.Count(c.X(), Enumerable.Range(2, shape.Rank - 2).Select(axis => (long)axis));
        var count = channels / groups * positions;
        var byGroup = c.Size(c.X(1), 0) == groups && groups != channels;
        // [batch, group, channel of the group, position], γ and β along the second or the second and third axis.
        var parts = c.Writer.Constant(-1, groups, channels / groups, positions);
        string Parts(string value) => c.Op(Ops.Reshape, value, parts);
        var gamma = c.Op(Ops.Reshape, c.X(1), byGroup ? c.Writer.Constant(groups, 1, 1) : c.Writer.Constant(groups, channels / groups, 1));
        var gradient = Parts(c.Gradient);
        var (standardized, r) = Standardized(c, Parts(c.X()), [2, 3], count);
        long[] all = byGroup ? [0, 2, 3] : [0, 3];
        string PerChannel(string value) => c.ReshapeLike(c.ReduceSum(value, all, keepDims: false), c.X(1));
        return
        [
            c.ReshapeLike(Centred(c, c.Op(Ops.Mul, gradient, gamma), standardized, r, [2, 3], count), c.X()),
            c.Needs(1) ? PerChannel(c.Op(Ops.Mul, gradient, standardized)) : null,
            c.Needs(2) ? PerChannel(gradient) : null,
        ];
    }

    /// <summary>y = x/‖x‖ along an axis: ∂x = (g − s·Σ g·y)/‖x‖ with s = y for p = 2, and s = sign x for p = 1.</summary>
    public static IReadOnlyList<string?> LpNormalization(GradientContext c)
    {
        var axis = (long)GradientContext.Axis(c.Node.Int("axis", -1), c.Shape(c.X()).Rank);
        var euclidean = c.Node.Int("p", 2) == 2;
        var sum = c.ReduceSum(euclidean ? c.Op(Ops.Mul, c.X(), c.X()) : c.Op(Ops.Abs, c.X()), [axis], keepDims: true);
        var along = c.ReduceSum(c.Op(Ops.Mul, c.Gradient, c.Y()), [axis], keepDims: true);
        var direction = c.Op(Ops.Mul, euclidean ? c.Y() : c.Op(Ops.Sign, c.X()), along);
        return [c.Op(Ops.Div, c.Op(Ops.Sub, c.Gradient, direction), euclidean ? c.Op(Ops.Sqrt, sum) : sum)];
    }

    /// <summary>x̂ and r over axes of that many values together.</summary>
    private static (string Standardized, string Inverse) Standardized(GradientContext c, string x, long[] axes, long count)
    {
        var centred = c.Op(Ops.Sub, x, Mean(c, x, axes, count));
        var variance = Mean(c, c.Op(Ops.Mul, centred, centred), axes, count);
        var r = c.Op(Ops.Reciprocal, c.Op(Ops.Sqrt, c.Op(Ops.Add, variance, c.Constant(c.Node.Float("epsilon", 1e-5f)))));
        return (c.Op(Ops.Mul, centred, r), r);
    }

    /// <summary>∂x = r·(h − mean h − x̂·mean(h·x̂)).</summary>
    private static string Centred(GradientContext c, string h, string standardized, string r, long[] axes, long count)
    {
        var rest = c.Op(Ops.Mul, standardized, Mean(c, c.Op(Ops.Mul, h, standardized), axes, count));
        return c.Op(Ops.Mul, r, c.Op(Ops.Sub, c.Op(Ops.Sub, h, Mean(c, h, axes, count)), rest));
    }

    private static string Mean(GradientContext c, string value, long[] axes, long count) => c.Op(Ops.Mul, c.ReduceSum(value, axes, keepDims: true), c.Constant(1f / count));

    /// <summary>A·(g + B·x + D) with A = γr, B = −r·∂γ/m, D = −∂β/m − B·μ. B·x + D is a BatchNormalization in inference form: one pass. A stays a factor.</summary>
    private static string Affine(GradientContext c, string a, string r, string mean, string sum, string dGamma)
    {
        var channels = c.Size(c.X(), 1);
        var count = c.Op(Ops.Div, c.ToFloat(c.Op(Ops.Size, c.X())), c.Constant(channels));
        var b = c.Op(Ops.Neg, c.Op(Ops.Div, c.Op(Ops.Mul, r, dGamma), count));
        var d = c.Op(Ops.Neg, c.Op(Ops.Add, c.Op(Ops.Div, sum, count), c.Op(Ops.Mul, b, mean)));

        var zeros = c.Writer.Shared(Initializer.Zeros("", ElementType.Float, channels));
        var ones = c.Writer.Shared(Initializer.Create<float>("", Enumerable.Repeat(1f, (int)channels).ToArray(), channels));
        var affine = c.Op(Ops.BatchNormalization, n => n.Set("epsilon", 0f), c.X(), b, d, zeros, ones);
        return c.Factored(c.Op(Ops.Add, c.Gradient, affine), a);
    }
}
