namespace OnnxPipeline.Training.Autodiff.Rules;

/// <summary>Gradients of losses.</summary>
internal static class LossRules
{
    /// <summary>
    /// Outputs: the loss L = Σᵢ −log pᵢ[yᵢ] (reduction sum; divided by the count for mean) and log p. With gradients s of L
    /// and h of log p: ∂x = s·(p − onehot(y)) + h − p·Σ h. Scores are [batch, classes].
    /// </summary>
    public static IReadOnlyList<string?> SoftmaxCrossEntropyLoss(GradientContext c)
    {
        var shape = c.Shape(c.X());
        var reduction = c.Node.String("reduction") ?? "mean";
        if (shape.Rank != 2 || reduction is not ("sum" or "mean") || c.Node.Input(2) is not null || c.Node.Has("ignore_index"))
            throw new AutodiffException($"{c.Node.DisplayName}: the gradient of SoftmaxCrossEntropyLoss covers scores [batch, classes] with reduction 'sum' or 'mean', without class weights or ignore_index; found {shape} with reduction '{reduction}'.");

        var logProbabilities = c.OutputOrNew(1, "log_prob");
        string? gradient = null;
        if (c.GradientOf(0) is { } s)
        {
            var classes = c.Size(c.X(), 1);
            var target = c.Op(Ops.OneHot, c.X(1), c.Writer.Constant(classes), c.Writer.Shared(Initializer.Create<float>("", [0f, 1f], 2)));
            if (reduction == "mean") s = c.Op(Ops.Div, s, c.ToFloat(c.Op(Ops.Size, c.X(1))));
            gradient = c.Op(Ops.Mul, c.Op(Ops.Sub, c.Op(Ops.Exp, logProbabilities), target), s);
        }
        if (c.GradientOf(1) is { } h)
        {
            var through = ActivationRules.LogSoftmax(c, h, logProbabilities, 1);
            gradient = gradient is null ? through : c.Op(Ops.Add, gradient, through);
        }
        return [gradient, null];
    }
}
