using OnnxPipeline.Training.Autodiff;

namespace OnnxPipeline.Training.Losses;

/// <summary>A loss of the error d = (prediction − target) / scale.</summary>
internal abstract class RegressionLoss(RegressionLossOptions options) : Loss
{
    public override ElementType LabelType => ElementType.Float;

    public override bool Classifies => false;

    public override IEnumerable<string> Check(ModelHead head)
    {
        if (head.Width != 1) yield return $"a regression needs one prediction a sample, and the model gives {head.Width}.";
    }

    public override string Append(GraphWriter writer, ModelHead head, LabelInputs labels)
    {
        if (labels.SecondLabels is not null) throw new TrainingException("Samples of a regression cannot be mixed; leave augment.mixup and augment.cutmix out.");
        var error = writer.Op(Ops.Sub, head.Name, writer.Column(labels.Labels));
        if (options.Scale is { } scale) error = writer.Op(Ops.Mul, error, writer.Constant((float)(1 / scale)));
        return AppendOf(writer, error);
    }

    /// <summary>Appends the summed loss of the errors [batch, 1].</summary>
    protected abstract string AppendOf(GraphWriter writer, string error);
}

/// <summary>d².</summary>
internal sealed class MeanSquaredLoss(MeanSquaredOptions options) : RegressionLoss(options)
{
    protected override string AppendOf(GraphWriter writer, string error) => writer.Total(writer.Op(Ops.Mul, error, error));
}

/// <summary>d²/2 where |d| ≤ δ, else δ·(|d| − δ/2): that is (d² − max(0, |d| − δ)²) / 2.</summary>
internal sealed class HuberLoss(HuberOptions options) : RegressionLoss(options)
{
    protected override string AppendOf(GraphWriter writer, string error)
    {
        var beyond = writer.Op(Ops.Relu, writer.Op(Ops.Sub, writer.Op(Ops.Abs, error), writer.Constant((float)options.Delta)));
        var squares = writer.Op(Ops.Sub, writer.Op(Ops.Mul, error, error), writer.Op(Ops.Mul, beyond, beyond));
        return writer.Op(Ops.Mul, writer.Total(squares), writer.Constant(0.5f));
    }
}
