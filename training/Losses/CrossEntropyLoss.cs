using OnnxPipeline.Training.Autodiff;

namespace OnnxPipeline.Training.Losses;

/// <summary>
/// Softmax cross-entropy, summed over the samples. With smoothing ε over K classes the target is (1−ε) on the label plus
/// ε/K everywhere, so the loss is (1−ε)·Σ −log p[y] − (ε/K)·Σ log p.
/// Source: Szegedy et al., "Rethinking the Inception architecture", 2016, section 7.
/// </summary>
internal static class CrossEntropyLoss
{
    /// <summary>Appends the loss to the graph and gives its name.</summary>
    public static string Append(GraphWriter writer, string logits, string labels, LossOptions options, long classes)
    {
        var node = writer.Add(Ops.SoftmaxCrossEntropyLoss, [logits, labels], outputs: 2, n => n.Set("reduction", "sum"));
        if (options.LabelSmoothing == 0) return node.Outputs[0];

        var smoothing = (float)options.LabelSmoothing;
        var everywhere = writer.Op(Ops.ReduceSum, n => n.Set("keepdims", 0L), node.Outputs[1]);
        return writer.Op(Ops.Sub,
            writer.Op(Ops.Mul, node.Outputs[0], writer.Constant(1 - smoothing)),
            writer.Op(Ops.Mul, everywhere, writer.Constant(smoothing / classes)));
    }
}
