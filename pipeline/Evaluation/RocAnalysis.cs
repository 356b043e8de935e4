namespace OnnxPipeline.Pipeline.Evaluation;

/// <summary>The ROC curves of a classifier: of the second class for two classes, one against the rest for a few.</summary>
internal static class RocAnalysis
{
    /// <summary>With more classes there are more curves than an eye follows.</summary>
    public const int MostClasses = 12;

    /// <summary>Points of all curves together.</summary>
    private const int Points = 300;

    /// <param name="labels">The classes.</param>
    /// <param name="probabilities">[samples, classes]</param>
    /// <param name="truth">The true class of each sample.</param>
    public static IReadOnlyList<RocCurve> Of(IReadOnlyList<string> labels, ReadOnlySpan<float> probabilities, ReadOnlySpan<long> truth)
    {
        if (labels.Count is < 2 or > MostClasses) return [];
        var curves = new List<RocCurve>();
        var scores = new float[truth.Length];
        var positive = new bool[truth.Length];
        for (var c = labels.Count == 2 ? 1 : 0; c < labels.Count; c++)
        {
            for (var i = 0; i < truth.Length; i++) (scores[i], positive[i]) = (probabilities[i * labels.Count + c], truth[i] == c);
            if (RocCurve.Of(labels[c], scores, positive, Points / (labels.Count == 2 ? 1 : labels.Count)) is { } curve) curves.Add(curve);
        }
        return curves;
    }
}
