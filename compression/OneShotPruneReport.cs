using OnnxPipeline.Export;

namespace OnnxPipeline.Compression;

/// <summary>A model pruned without training, in the form it came in, and what was done.</summary>
public sealed record OneShotPruneResult(Model Model, OneShotPruneReport Report);

/// <summary>What was left out of a model at once and what that did. A score is the share of right answers, or for a regression the negative root of the mean squared error.</summary>
public sealed record OneShotPruneReport
{
    /// <summary>What "before" and "after" of a layer count: channels or weights.</summary>
    public required string Unit { get; init; }

    /// <summary>The share that was to go, in [0, 1): less than what was asked for where a limit demanded it.</summary>
    public required double Amount { get; init; }

    public required ModelCounts Before { get; init; }

    public required ModelCounts After { get; init; }

    /// <summary>Whether scores are shares of right answers; null where there were no samples.</summary>
    public bool? Classifies { get; init; }

    /// <summary>The score before; null where there were no samples.</summary>
    public double? ScoreBefore { get; init; }

    /// <summary>The score after; null where there were no samples.</summary>
    public double? ScoreAfter { get; init; }

    public required IReadOnlyList<LayerPruning> Layers { get; init; }

    /// <summary>Layers that were left, all or in part, each with the reason.</summary>
    public required IReadOnlyList<PassNote> Declined { get; init; }

    /// <summary>Empty where no scan was asked for.</summary>
    public IReadOnlyList<LayerSensitivity> Sensitivity { get; init; } = [];
}
