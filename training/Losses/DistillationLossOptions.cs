namespace OnnxPipeline.Training.Losses;

/// <summary>
/// The loss of a student that learns from labels and from a teacher: (1 − α)·labels + α·T²·KL(teacher‖student), where both
/// distributions are softmaxes of logits divided by T, and KL is summed over classes and averaged over samples; plus, for each pair of
/// features, its weight times their mean squared difference. The teacher's part comes with the batches: <see cref="TeacherLogits"/>,
/// float [batch, width], and each pair's own tensor. Models are validated with the loss of labels alone.
/// Source: Hinton, Vinyals and Dean, "Distilling the knowledge in a neural network", 2015; Romero et al., "FitNets", 2015.
/// </summary>
public sealed record DistillationLossOptions : LossOptions
{
    /// <summary>The input with the teacher's logits, float [batch, width of the student's].</summary>
    public const string TeacherLogits = "teacher.logits";

    /// <summary>The input that says how far each sample's label counts, float [batch] from 0 to 1; where it is 0 the teacher alone is learnt from.</summary>
    public const string LabelShares = "labels.share";

    /// <summary>The loss of labels: of classes, or of two; null for cross-entropy.</summary>
    public LossOptions? Labels { get; init; }

    /// <summary>The teacher's share α, from 0 to 1.</summary>
    public double Alpha { get; init; } = 0.7;

    /// <summary>T, above 0: what logits are divided by. The higher, the more the small probabilities tell.</summary>
    public double Temperature { get; init; } = 4;

    /// <summary>Whether batches say by <see cref="LabelShares"/> how far each label counts.</summary>
    public bool SharesLabels { get; init; }

    public IReadOnlyList<FeaturePair> Features { get; init; } = [];
}

/// <summary>A value of the student that is to come near one of the teacher.</summary>
/// <param name="Student">A value of the student's graph that the training graph keeps, [batch, item shape].</param>
/// <param name="Teacher">The input with the teacher's value, of the same shape.</param>
/// <param name="ItemShape">Its shape without the batch axis, all sizes known.</param>
/// <param name="Weight">What the mean squared difference is multiplied by, above 0.</param>
public sealed record FeaturePair(string Student, string Teacher, IReadOnlyList<long> ItemShape, double Weight);
