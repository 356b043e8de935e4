namespace OnnxPipeline.Training.FineTuning;

/// <summary>How the layers of a model that has learnt something already are trained on. A layer is what a weight of several axes belongs to; they are counted from the head.</summary>
public sealed record FineTuneOptions
{
    /// <summary>Layers that are trained, counted back from the head, from 1: the head alone, a linear probe. Null for all.</summary>
    public int? TrainLast { get; init; }

    /// <summary>Epochs after which the layer before those that are trained joins them, and so on to the first: gradual unfreezing (Howard and Ruder, "Universal language model fine-tuning", 2018). Null to leave frozen layers frozen.</summary>
    public int? UnfreezeEvery { get; init; }

    /// <summary>The learning rate of a layer over that of the one after it, in (0, 1]: discriminative rates (the same source takes 1/2.6).</summary>
    public double LayerDecay { get; init; } = 1;

    /// <summary>A factor on the head's learning rate, above 0.</summary>
    public double HeadRate { get; init; } = 1;

    /// <summary>What becomes of batch normalisation in layers that are trained; in frozen ones it is frozen.</summary>
    public BatchNormTuning BatchNorm { get; init; }
}

/// <summary>How batch normalisation takes part in fine-tuning.</summary>
public enum BatchNormTuning
{
    /// <summary>By each batch's own statistics, its factor and offset learnt, its running statistics kept up.</summary>
    Train,

    /// <summary>By its running statistics; nothing of it changes. For small batches, and few samples.</summary>
    Frozen,
}
