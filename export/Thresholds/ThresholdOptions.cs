namespace OnnxPipeline.Export.Thresholds;

/// <summary>How the threshold between two classes is chosen on the validation part: from which probability of the second class on it is the answer.</summary>
public abstract record ThresholdOptions;

/// <summary>The point of the ROC curve nearest to the corner (0, 1), where every positive is found and nothing else.</summary>
public sealed record CornerThresholdOptions : ThresholdOptions;

/// <summary>The point with the largest true less false positive rate (Youden 1950).</summary>
public sealed record YoudenThresholdOptions : ThresholdOptions;

/// <summary>The point with the least cost of all errors together.</summary>
public sealed record CostThresholdOptions : ThresholdOptions
{
    /// <summary>What it costs to take a sample of the first class for one of the second, above 0.</summary>
    public double FalsePositive { get; init; } = 1;

    /// <summary>What it costs to take a sample of the second class for one of the first, above 0.</summary>
    public double FalseNegative { get; init; } = 1;
}
