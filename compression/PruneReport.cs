using System.Text.Json;
using System.Text.Json.Serialization;
using OnnxPipeline.Export;

namespace OnnxPipeline.Compression;

/// <summary>What pruning gives: the model, in the form it came in, and what was done.</summary>
public sealed record PruneResult(Model Model, PruneReport Report);

/// <summary>What was left out of a model and what that did; the content of prune.json. A score is the share of right answers, or for a regression the negative root of the mean squared error.</summary>
public sealed record PruneReport
{
    /// <summary>Whether scores are shares of right answers.</summary>
    public required bool Classifies { get; init; }

    public required ModelFigures Before { get; init; }

    public required ModelFigures After { get; init; }

    /// <summary>In order; the last may be one that was not kept.</summary>
    public required IReadOnlyList<PruneRound> Rounds { get; init; }

    /// <summary>The round whose model was kept, counted from 1; 0 when even the first cost too much and the model is as it was.</summary>
    public required int KeptRound { get; init; }

    /// <summary>Why it ended early; null when it went to the end.</summary>
    public string? Stopped { get; init; }

    /// <summary>What "before" and "after" of a layer count: channels or weights.</summary>
    public required string Unit { get; init; }

    public required IReadOnlyList<LayerPruning> Layers { get; init; }

    /// <summary>Layers that were left, all or in part, each with the reason.</summary>
    public required IReadOnlyList<PassNote> Declined { get; init; }

    /// <summary>Empty where no scan was asked for.</summary>
    public IReadOnlyList<LayerSensitivity> Sensitivity { get; init; } = [];

    public string ToJson() => JsonSerializer.Serialize(this, PruneReportJson.Default.PruneReport);

    /// <exception cref="JsonException">The text is no such report.</exception>
    public static PruneReport FromJson(string json) => JsonSerializer.Deserialize(json, PruneReportJson.Default.PruneReport)
        ?? throw new JsonException("The text is null, not a report of pruning.");
}

/// <summary>A model in figures.</summary>
/// <param name="Score">On the validation part.</param>
/// <param name="Parameters">Elements of all weights that are trained.</param>
/// <param name="NonZero">Those of them that are not 0.</param>
/// <param name="MultiplyAdds">For one sample.</param>
/// <param name="FileBytes">The size of its file.</param>
public sealed record ModelFigures(double Score, long Parameters, long NonZero, long MultiplyAdds, long FileBytes);

/// <summary>One round of pruning.</summary>
/// <param name="Round">Counted from 1.</param>
/// <param name="Left">The share that is left of the channels or weights that can go, from 0 to 1.</param>
/// <param name="PrunedScore">Before the training that follows; for gradual pruning, which has no such moment, null.</param>
/// <param name="Score">After it.</param>
/// <param name="ControlScore">With the same mask on random weights; null where there is no control.</param>
public sealed record PruneRound(int Round, double Left, double? PrunedScore, double Score, double? ControlScore = null);

/// <summary>A layer's channels or weights that are not 0.</summary>
public sealed record LayerPruning(string Layer, long Before, long After);

/// <summary>What pruning one layer alone costs, without training.</summary>
public sealed record LayerSensitivity(string Layer, IReadOnlyList<SensitivityPoint> Points);

/// <param name="Amount">The share of the layer that is left out.</param>
/// <param name="Score">What remains.</param>
public sealed record SensitivityPoint(double Amount, double Score);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(PruneReport))]
internal sealed partial class PruneReportJson : JsonSerializerContext;
