using OnnxPipeline.Export;

namespace OnnxPipeline.Compression.Pruning;

/// <summary>A model with something left out, and the masks that keep it so in training; null where it is gone from the graph.</summary>
internal sealed record PrunedModel(Model Model, IReadOnlyList<Initializer>? Masks);

/// <summary>A way to leave parts of one model out.</summary>
internal interface IPruneMethod
{
    /// <summary>What it counts: "channels" or "weights".</summary>
    string Unit { get; }

    /// <summary>The share to leave out in the end, in [0, 1).</summary>
    double Amount { get; }

    /// <summary>Layers, or groups of tied ones, that can each be pruned alone.</summary>
    IReadOnlyList<string> Layers { get; }

    /// <summary>What is left as it is, and why.</summary>
    IReadOnlyList<PassNote> Declined { get; }

    /// <summary>Leaves out so much that a share of what the model had at first is gone.</summary>
    PrunedModel Prune(Model current, double share, CancellationToken cancellation);

    /// <summary>Prunes one layer of the model as it was at first.</summary>
    Model PruneAlone(string layer, double share, CancellationToken cancellation);

    /// <summary>Each layer's channels or weights, at first and in a pruned model.</summary>
    IReadOnlyList<LayerPruning> Compare(Model pruned);

    /// <summary>The share that is left of what can go.</summary>
    double Left(Model pruned);
}
