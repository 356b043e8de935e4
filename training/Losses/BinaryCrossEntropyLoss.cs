using OnnxPipeline.Datasets;
using OnnxPipeline.Training.Autodiff;

namespace OnnxPipeline.Training.Losses;

/// <summary>
/// −t·log σ(x) − (1−t)·log(1−σ(x)) of a logit x and a target t, as softplus(x) − t·x, which no logit makes overflow; with class
/// weights, w₁·t·softplus(−x) + w₀·(1−t)·softplus(x).
/// </summary>
internal sealed class BinaryCrossEntropyLoss(BinaryCrossEntropyOptions options) : Loss
{
    public override IEnumerable<string> Check(ModelHead head)
    {
        if (head.Width != 1) yield return $"binary cross-entropy needs one logit, and the model gives {head.Width}; use cross-entropy for several.";
        if (options.ClassWeights.Count is not (0 or 2)) yield return $"there are {options.ClassWeights.Count} class weights; expected 2, of the first and the second class.";
    }

    public override string Append(GraphWriter writer, ModelHead head, LabelInputs labels)
    {
        string Float(string label) => writer.Column(writer.Op(Ops.Cast, n => n.Set("to", (long)ElementType.Float), label));

        var target = Float(labels.Labels);
        if (labels is { SecondLabels: { } second, Weights: { } weights })
        {
            var other = Float(second);
            target = writer.Op(Ops.Add, other, writer.Op(Ops.Mul, writer.Column(weights), writer.Op(Ops.Sub, target, other)));
        }
        string Total(string losses) => writer.Total(labels.Shares is { } shares ? writer.Op(Ops.Mul, losses, writer.Column(shares)) : losses);
        if (options.ClassWeights is not [var negative, var positive])
            return Total(writer.Op(Ops.Sub, writer.Op(Ops.Softplus, head.Name), writer.Op(Ops.Mul, target, head.Name)));

        var ofPositive = writer.Op(Ops.Mul, writer.Op(Ops.Mul, target, writer.Constant((float)positive)), writer.Op(Ops.Softplus, writer.Op(Ops.Neg, head.Name)));
        var rest = writer.Op(Ops.Sub, writer.Constant(1f), target);
        var ofNegative = writer.Op(Ops.Mul, writer.Op(Ops.Mul, rest, writer.Constant((float)negative)), writer.Op(Ops.Softplus, head.Name));
        return Total(writer.Op(Ops.Add, ofPositive, ofNegative));
    }

    public override int Correct(ReadOnlySpan<float> outputs, Batch batch)
    {
        var correct = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            if (outputs[i] > 0 == (ClassOf(batch, i) == 1)) correct++;
        }
        return correct;
    }
}
