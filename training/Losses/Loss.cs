using System.Runtime.InteropServices;
using OnnxPipeline.Datasets;
using OnnxPipeline.Training.Autodiff;

namespace OnnxPipeline.Training.Losses;

/// <summary>A loss as nodes of a graph.</summary>
internal abstract class Loss
{
    /// <summary>What a label is: int64 classes, or float values.</summary>
    public virtual ElementType LabelType => ElementType.Int64;

    /// <summary>Whether samples can be right or wrong, and not only more or less off.</summary>
    public virtual bool Classifies => true;

    /// <summary>The part of it that needs nothing but labels: what a model is validated with.</summary>
    public virtual Loss OfLabels => this;

    /// <summary>The loss of options; of a softmax where none are given.</summary>
    public static Loss Create(LossOptions? options) => options switch
    {
        null => new CrossEntropyLoss(new CrossEntropyOptions()),
        CrossEntropyOptions entropy => new CrossEntropyLoss(entropy),
        BinaryCrossEntropyOptions binary => new BinaryCrossEntropyLoss(binary),
        MeanSquaredOptions squared => new MeanSquaredLoss(squared),
        HuberOptions huber => new HuberLoss(huber),
        DistillationLossOptions distillation => new DistillationLoss(distillation),
        _ => throw new NotSupportedException($"No loss has options of type {options.GetType().Name}."),
    };

    /// <summary>The options of <see cref="OfLabels"/>.</summary>
    public static LossOptions? OptionsOfLabels(LossOptions? options) => options is DistillationLossOptions distillation ? distillation.Labels : options;

    /// <summary>What the training graph takes for it besides labels; batches bring it as extra tensors.</summary>
    public virtual IEnumerable<Value> ExtraInputs(ModelHead head) => [];

    /// <summary>Every reason why the loss cannot be had of an output of this width.</summary>
    public abstract IEnumerable<string> Check(ModelHead head);

    /// <summary>Appends the loss, summed over the batch, and gives its name. Two targets a sample are weighted by the third input of <paramref name="labels"/>.</summary>
    public abstract string Append(GraphWriter writer, ModelHead head, LabelInputs labels);

    /// <summary>How many rows of the head, [count, width], give the sample's label; of a mixed sample the one of its larger part.</summary>
    public virtual int Correct(ReadOnlySpan<float> outputs, Batch batch) => 0;

    /// <summary>A sample's class; of a mixed sample that of its larger part.</summary>
    private protected static long ClassOf(Batch batch, int sample)
    {
        var labels = batch.LabelWeights is { } weights && MemoryMarshal.Cast<byte, float>(weights.Bytes)[sample] < 0.5f ? batch.SecondLabels! : batch.Labels;
        return MemoryMarshal.Cast<byte, long>(labels.Bytes)[sample];
    }
}

/// <summary>
/// The graph inputs that hold the targets: the label of each sample and, where samples are mixed, a second one and the weight of the
/// first, in [0, 1]; where labels do not count alike, the share of each, float [batch].
/// </summary>
internal sealed record LabelInputs(string Labels, string? SecondLabels = null, string? Weights = null, string? Shares = null)
{
    /// <summary>The only labels there are.</summary>
    public static readonly LabelInputs Single = new(TrainingGraph.Labels);

    public static readonly LabelInputs Mixed = new(TrainingGraph.Labels, TrainingGraph.SecondLabels, TrainingGraph.LabelWeights);

    /// <summary>The inputs for a graph to declare.</summary>
    public IEnumerable<Value> Declare(ElementType type)
    {
        yield return new Value(Labels, type, "batch");
        if (SecondLabels is not null) yield return new Value(SecondLabels, type, "batch");
        if (Weights is not null) yield return new Value(Weights, ElementType.Float, "batch");
    }
}
