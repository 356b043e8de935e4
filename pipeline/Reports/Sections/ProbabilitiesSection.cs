using OnnxPipeline.Pipeline.Evaluation;
using OnnxPipeline.Pipeline.Reports.Charts;

namespace OnnxPipeline.Pipeline.Reports.Sections;

/// <summary>What the probabilities are worth: ROC curves, and calibration.</summary>
internal static class ProbabilitiesSection
{
    public static Section Of(RunFiles run) => run.Measured is var (split, metrics)
        ? new Section($"Probabilities, on {split.Name} samples", [.. Roc(metrics, run.Deployed.Threshold), Reliability(metrics.Calibration), Confidence(metrics.Calibration)])
        : new Section("Probabilities");

    private static IEnumerable<LineChart> Roc(ClassificationMetrics metrics, double? threshold)
    {
        if (metrics.Roc.Count == 0) yield break;
        var binary = metrics.Classes.Count == 2;
        var names = UniqueNames.Of(metrics.Roc.Select(c => c.Label));
        yield return new LineChart
        {
            Title = binary ? "ROC" : "ROC, each class against the rest",
            Caption = binary ? $"Area under the curve {Show.Number(metrics.Roc[0].Auc)}; '{metrics.Roc[0].Label}' is the positive class." : $"Mean area under the curves {Show.Number(metrics.Auc)}.",
            X = Axis.Share("false positive rate"),
            Y = Axis.Share("true positive rate"),
            Series = [.. metrics.Roc.Zip(names, (curve, name) => new Series(binary ? name : $"{name}  {Show.Number(Math.Round(curve.Auc, 4))}", [.. curve.Points.Select(p => (p.FalsePositiveRate, (double?)p.TruePositiveRate))]))],
            Callouts = binary && At(metrics.Roc[0], threshold ?? 0.5) is { } point ? [new(point.FalsePositiveRate, point.TruePositiveRate, $"threshold {Show.Number(threshold ?? 0.5)}")] : [],
            Diagonal = true,
            Height = 300,
        };
    }

    /// <summary>The last point whose samples are all answered positive.</summary>
    private static RocPoint? At(RocCurve curve, double threshold) => curve.Points.LastOrDefault(p => p.Threshold is null || p.Threshold >= threshold);

    private static BinChart Reliability(Calibration calibration) => new()
    {
        Title = "Reliability",
        Caption = $"How often answers are right, by how sure the model is. Expected calibration error {Show.Percent(calibration.ExpectedCalibrationError)} ({calibration.Bins.Count} bins; Guo et al. 2017).",
        X = Axis.Share("confidence"),
        Y = Axis.Share("accuracy"),
        Bins = [.. Bins(calibration, b => b.Accuracy, b => $"{Show.Count(b.Samples)} samples, mean confidence {Show.Percent(b.Confidence)}")],
        Diagonal = true,
        Height = 300,
    };

    private static BinChart Confidence(Calibration calibration) => new()
    {
        Title = "Confidence",
        Caption = "How sure the model is of its answers.",
        X = Axis.Share("confidence"),
        Y = new("samples") { Zero = true, Format = "~s" },
        Bins = [.. Bins(calibration, b => b.Samples, b => $"{Show.Percent(b.Accuracy)} are right")],
        Height = 130,
        Wide = true,
    };

    private static IEnumerable<Bin> Bins(Calibration calibration, Func<CalibrationBin, double?> value, Func<CalibrationBin, string> detail) =>
        calibration.Bins.Select((bin, i) => new Bin((double)i / calibration.Bins.Count, (i + 1.0) / calibration.Bins.Count, value(bin), detail(bin)));
}
