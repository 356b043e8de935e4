using System.Globalization;
using OnnxPipeline.Pipeline.Reports.Sections;
using OnnxPipeline.Training.Diagnostics;

namespace OnnxPipeline.Pipeline.Reports;

/// <summary>The page of a learning-rate finder.</summary>
internal static class LearningRateReport
{
    public static void Write(string recipe, LearningRateCurve curve, string path) => File.WriteAllText(path, PageWriter.Write(Of(recipe, curve), VegaLibrary.Embedded));

    public static Page Of(string recipe, LearningRateCurve curve) => new(
        $"{recipe}: learning-rate finder",
        $"{curve.Points.Count} steps from fresh weights{(curve.Diverged ? ", until the loss diverged" : "")}",
        [
            .. curve.SteepestDescent is { } steepest ? [new Figure(Rate(steepest), "falls fastest")] : (IReadOnlyList<Figure>)[],
            .. curve.MinimumTenth is { } tenth ? [new Figure(Rate(tenth), "a tenth of the lowest")] : (IReadOnlyList<Figure>)[],
        ],
        [LearningRateFinderSection.Of(curve)]);

    /// <summary>For example "1.1e-2".</summary>
    public static string Rate(double rate) => rate.ToString("0.0e+0", CultureInfo.InvariantCulture);
}
