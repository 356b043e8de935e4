namespace OnnxPipeline.Compression;

/// <summary>What pruning leaves out.</summary>
public abstract record PruneMethodOptions
{
    /// <summary>The layers that are pruned, by their nodes' or weights' names; * stands for any characters. Empty for all.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>Layers that are not, by such names.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];
}

/// <summary>Whole channels and neurons, which are taken out of the graph: file and latency shrink. Those tied together by sums go together, by their summed importance.</summary>
public sealed record ChannelPruneOptions : PruneMethodOptions
{
    /// <summary>The share of channels to take out, in [0, 1). At least one of each layer stays.</summary>
    public double Amount { get; init; } = 0.5;

    /// <summary>What makes a channel important.</summary>
    public ChannelCriterion Criterion { get; init; } = ChannelCriterion.Magnitude;

    /// <summary>Whether the share is one of each layer, or of all channels ranked together, each relative to its layer's mean.</summary>
    public PruneScope Scope { get; init; } = PruneScope.Layer;

    /// <summary>Layers keep a multiple of so many channels, where they have as many: kernels work in blocks of 8 or 16.</summary>
    public int RoundTo { get; init; } = 1;

    /// <summary>Training batches that the criterion taylor takes gradients of.</summary>
    public int Batches { get; init; } = 10;
}

/// <summary>Single weights, which become exactly 0 and stay so through fine-tuning. Shapes stay as they are, and so does the time that dense kernels take.</summary>
public sealed record WeightPruneOptions : PruneMethodOptions
{
    /// <summary>The share of weights that become 0, the smallest first, in [0, 1).</summary>
    public double Amount { get; init; } = 0.5;

    /// <summary>Whether the share is one of each layer, or of all weights ranked together.</summary>
    public PruneScope Scope { get; init; } = PruneScope.Layer;

    /// <summary>Whether biases are pruned too.</summary>
    public bool Biases { get; init; }
}

/// <summary>
/// Of every few weights in a row the largest stay, the others become 0, as hardware with sparse kernels asks for (2 of 4: Mishra et al.
/// 2021). A row runs along the inputs of one output; layers whose number of inputs is no multiple are left as they are.
/// </summary>
public sealed record PatternPruneOptions : PruneMethodOptions
{
    /// <summary>Weights that stay.</summary>
    public int Keep { get; init; } = 2;

    /// <summary>Out of how many.</summary>
    public int Of { get; init; } = 4;
}

/// <summary>What makes a channel important; the least important go first.</summary>
public enum ChannelCriterion
{
    /// <summary>The sum of its weights' absolute values, L1 (Li et al. 2017).</summary>
    Magnitude,

    /// <summary>The root of the sum of their squares, L2.</summary>
    Euclidean,

    /// <summary>The absolute factor of the batch normalisation behind it (Liu et al. 2017).</summary>
    BatchNorm,

    /// <summary>|Σ weight · gradient| over some batches: what the loss would change by, to first order (Molchanov et al. 2019).</summary>
    Taylor,
}

/// <summary>What a share is one of.</summary>
public enum PruneScope
{
    /// <summary>Of each layer by itself.</summary>
    Layer,

    /// <summary>Of all layers together.</summary>
    Global,
}
