using OnnxPipeline.Export;

namespace OnnxPipeline.Compression;

/// <summary>What a quantised model is made of, and how well it still answers.</summary>
public sealed record QuantizeReport
{
    /// <summary>"static", "dynamic", "weight-only", "float16" or "bfloat16".</summary>
    public required string Method { get; init; }

    /// <summary>The nodes with weights that are quantised, by name, in graph order.</summary>
    public required IReadOnlyList<string> Quantized { get; init; }

    /// <summary>The nodes with weights that stay in float32, each with the reason.</summary>
    public required IReadOnlyList<PassNote> Left { get; init; }

    /// <summary>What else is to be said.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>How the accuracy budget was met; null without one.</summary>
    public BudgetReport? Budget { get; init; }
}

/// <summary>How the accuracy that may be lost was kept to. Scores are shares of right answers, from 0 to 1, or negative root mean squared errors.</summary>
/// <param name="MaxDrop">What may be lost, in points of 0 to 100.</param>
/// <param name="FloatScore">The float32 model's score on the validation part.</param>
/// <param name="WholeScore">The score with every node quantised.</param>
/// <param name="Score">The score of the model that was kept.</param>
/// <param name="Met">Whether the loss is within the limit; if not, the model is the best that was found.</param>
/// <param name="Impacts">Each node's harm, the most harmful first; empty where the whole model was good enough.</param>
public sealed record BudgetReport(double MaxDrop, double FloatScore, double WholeScore, double Score, bool Met, IReadOnlyList<NodeImpact> Impacts);

/// <summary>What quantising one node alone does to the answers.</summary>
/// <param name="Node">Its name.</param>
/// <param name="MeanDifference">The mean absolute difference of the model's outputs.</param>
/// <param name="Drop">The score it costs.</param>
/// <param name="LeftInFloat">Whether the node stays in float32 for it.</param>
public sealed record NodeImpact(string Node, double MeanDifference, double Drop, bool LeftInFloat);

/// <summary>A quantised model and what is to be said of it.</summary>
public sealed record QuantizeResult(Model Model, QuantizeReport Report);
