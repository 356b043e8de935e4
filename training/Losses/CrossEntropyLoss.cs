using System.Numerics.Tensors;
using OnnxPipeline.Datasets;
using OnnxPipeline.Training.Autodiff;

namespace OnnxPipeline.Training.Losses;

/// <summary>
/// Softmax cross-entropy. The target of a sample is t = (1−ε)·onehot(y) + ε/K over K classes with smoothing ε, mixed of two such where
/// samples are mixed; with class weights w the loss is −Σ w·t·log p.
/// Source: Szegedy et al., "Rethinking the Inception architecture", 2016, section 7; Zhang et al., "mixup", 2018.
/// </summary>
internal sealed class CrossEntropyLoss(CrossEntropyOptions options) : Loss
{
    public override IEnumerable<string> Check(ModelHead head)
    {
        if (head.Width < 2) yield return $"cross-entropy needs a logit for each class, at least 2, and the model gives {head.Width}; use binary-cross-entropy for one logit.";
        if (options.ClassWeights.Count > 0 && options.ClassWeights.Count != head.Width)
            yield return $"there are {options.ClassWeights.Count} class weights for {head.Width} classes; expected one for each.";
    }

    public override string Append(GraphWriter writer, ModelHead head, LabelInputs labels) =>
        labels is { SecondLabels: null, Shares: null } && options.ClassWeights.Count == 0 ? AppendPlain(writer, head, labels) : AppendWeighted(writer, head, labels);

    public override int Correct(ReadOnlySpan<float> outputs, Batch batch)
    {
        var classes = outputs.Length / batch.Count;
        var correct = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            if (TensorPrimitives.IndexOfMax(outputs.Slice(i * classes, classes)) == ClassOf(batch, i)) correct++;
        }
        return correct;
    }

    /// <summary>One label a sample, all classes alike: ONNX's own operator, (1−ε)·Σ −log p[y] − (ε/K)·Σ log p.</summary>
    private string AppendPlain(GraphWriter writer, ModelHead head, LabelInputs labels)
    {
        var node = writer.Add(Ops.SoftmaxCrossEntropyLoss, [head.Name, labels.Labels], outputs: 2, n => n.Set("reduction", "sum"));
        if (options.LabelSmoothing == 0) return node.Outputs[0];

        var smoothing = (float)options.LabelSmoothing;
        return writer.Op(Ops.Sub,
            writer.Op(Ops.Mul, node.Outputs[0], writer.Constant(1 - smoothing)),
            writer.Op(Ops.Mul, writer.Total(node.Outputs[1]), writer.Constant(smoothing / head.Width)));
    }

    private string AppendWeighted(GraphWriter writer, ModelHead head, LabelInputs labels)
    {
        string OneHot(string of) => writer.Op(Ops.OneHot, of, writer.Constant(head.Width), writer.Shared(Initializer.Create<float>("", [0f, 1f], 2)));

        var target = OneHot(labels.Labels);
        if (labels is { SecondLabels: { } second, Weights: { } weights })
        {
            // second + weight·(first − second)
            var other = OneHot(second);
            target = writer.Op(Ops.Add, other, writer.Op(Ops.Mul, writer.Column(weights), writer.Op(Ops.Sub, target, other)));
        }
        if (options.LabelSmoothing > 0)
        {
            var smoothing = (float)options.LabelSmoothing;
            target = writer.Op(Ops.Add, writer.Op(Ops.Mul, target, writer.Constant(1 - smoothing)), writer.Constant(smoothing / head.Width));
        }
        if (options.ClassWeights.Count > 0)
            target = writer.Op(Ops.Mul, target, writer.Shared(Initializer.Create<float>("", [.. options.ClassWeights.Select(w => (float)w)], head.Width)));
        if (labels.Shares is { } shares) target = writer.Op(Ops.Mul, target, writer.Column(shares));
        var logProbabilities = writer.Op(Ops.LogSoftmax, n => n.Set("axis", 1L), head.Name);
        return writer.Op(Ops.Neg, writer.Total(writer.Op(Ops.Mul, logProbabilities, target)));
    }
}
