namespace OnnxPipeline.Pipeline.Evaluation;

/// <summary>How well a classifier does on one part of a dataset.</summary>
internal sealed record ClassificationMetrics
{
    public required long Samples { get; init; }

    /// <summary>From 0 to 1.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Mean negative logarithm of the true class's probability.</summary>
    public required double Loss { get; init; }

    public required IReadOnlyList<ClassMetrics> Classes { get; init; }

    /// <summary>How far its probabilities can be believed.</summary>
    public required Calibration Calibration { get; init; }

    /// <summary>Mean area under the ROC curves; null where there are none.</summary>
    public double? Auc { get; init; }

    /// <summary>Of the second class for two classes, one against the rest for a few; none beyond that, or where a class has no samples.</summary>
    public IReadOnlyList<RocCurve> Roc { get; init; } = [];

    /// <summary>Counts by true class (rows) and answered class (columns).</summary>
    public required IReadOnlyList<IReadOnlyList<long>> Confusion { get; init; }
}

/// <summary>One class: how many samples are of it, and precision, recall and F1 from 0 to 1; null where nothing was counted.</summary>
internal sealed record ClassMetrics(string Label, long Samples, double? Precision, double? Recall, double? F1);
