using OnnxPipeline.Datasets;
using OnnxPipeline.Training.Autodiff;

namespace OnnxPipeline.Training.Losses;

/// <summary>
/// (1 − α)·L + α·T²·Σ p·(log p − log q) over the classes, with p = softmax(teacher / T) and q = softmax(student / T); of one logit, with the
/// sigmoid and both classes. A sample whose label counts by a share s has (1 − α)·s in place of 1 − α, and the rest of 1 for the teacher.
/// </summary>
internal sealed class DistillationLoss(DistillationLossOptions options) : Loss
{
    private readonly Loss _labels = Create(options.Labels);

    public override Loss OfLabels => _labels;

    public override IEnumerable<string> Check(ModelHead head)
    {
        if (!_labels.Classifies) yield return "a teacher's probabilities can be learnt, not its values; use a loss of classes.";
        if (!(options.Alpha is >= 0 and <= 1)) yield return $"alpha is {options.Alpha}; expected the teacher's share, from 0 to 1.";
        if (!(options.Temperature > 0 && double.IsFinite(options.Temperature))) yield return $"the temperature is {options.Temperature}; expected a number above 0.";
        foreach (var problem in _labels.Check(head)) yield return problem;
    }

    public override IEnumerable<Value> ExtraInputs(ModelHead head) =>
    [
        new(DistillationLossOptions.TeacherLogits, ElementType.Float, "batch", head.Width),
        .. options.SharesLabels ? (Value[])[new(DistillationLossOptions.LabelShares, ElementType.Float, "batch")] : [],
        .. options.Features.Select(f => new Value(f.Teacher, ElementType.Float, ["batch", .. f.ItemShape.Select(size => (Dimension)size)])),
    ];

    public override string Append(GraphWriter writer, ModelHead head, LabelInputs labels)
    {
        var shares = options.SharesLabels ? DistillationLossOptions.LabelShares : null;
        var ofLabels = writer.Op(Ops.Mul, _labels.Append(writer, head, labels with { Shares = shares }), writer.Constant((float)(1 - options.Alpha)));
        var divergence = head.Width == 1 ? BinaryDivergence(writer, head.Name) : Divergence(writer, head.Name);
        var ofTeacher = writer.Op(Ops.Mul, Weighted(writer, divergence, shares), writer.Constant((float)(options.Temperature * options.Temperature)));
        return writer.Op(Ops.Sum, [ofLabels, ofTeacher, .. options.Features.Select(f => Distance(writer, f))]);
    }

    public override int Correct(ReadOnlySpan<float> outputs, Batch batch) => _labels.Correct(outputs, batch);

    /// <summary>Σ p·(log p − log q), [batch, classes] before the sum.</summary>
    private string Divergence(GraphWriter writer, string student)
    {
        string LogSoftmax(string logits) => writer.Op(Ops.LogSoftmax, n => n.Set("axis", 1L), Tempered(writer, logits));
        var teacher = LogSoftmax(DistillationLossOptions.TeacherLogits);
        return writer.Op(Ops.Mul, writer.Op(Ops.Exp, teacher), writer.Op(Ops.Sub, teacher, LogSoftmax(student)));
    }

    /// <summary>With z the teacher's and x the student's logit over T and p = σ(z): [softplus(x) − p·x] − [softplus(z) − p·z], which no logit makes overflow.</summary>
    private string BinaryDivergence(GraphWriter writer, string student)
    {
        var (z, x) = (Tempered(writer, DistillationLossOptions.TeacherLogits), Tempered(writer, student));
        var p = writer.Op(Ops.Sigmoid, z);
        string CrossEntropy(string logit) => writer.Op(Ops.Sub, writer.Op(Ops.Softplus, logit), writer.Op(Ops.Mul, p, logit));
        return writer.Op(Ops.Sub, CrossEntropy(x), CrossEntropy(z));
    }

    private string Tempered(GraphWriter writer, string logits) => writer.Op(Ops.Mul, logits, writer.Constant((float)(1 / options.Temperature)));

    /// <summary>The sum over the batch, each sample by the teacher's share of it.</summary>
    private string Weighted(GraphWriter writer, string divergence, string? shares)
    {
        if (shares is null) return writer.Op(Ops.Mul, writer.Total(divergence), writer.Constant((float)options.Alpha));
        var teachers = writer.Op(Ops.Sub, writer.Constant(1f), writer.Op(Ops.Mul, shares, writer.Constant((float)(1 - options.Alpha))));
        return writer.Total(writer.Op(Ops.Mul, divergence, writer.Column(teachers)));
    }

    /// <summary>The weighted mean of squares of each sample, summed over the batch.</summary>
    private static string Distance(GraphWriter writer, FeaturePair pair)
    {
        var difference = writer.Op(Ops.Sub, pair.Student, pair.Teacher);
        var elements = pair.ItemShape.Aggregate(1L, (product, size) => product * size);
        return writer.Op(Ops.Mul, writer.Total(writer.Op(Ops.Mul, difference, difference)), writer.Constant((float)(pair.Weight / elements)));
    }
}
