using System.Globalization;
using OnnxPipeline.Pipeline.Evaluation;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>A model's figures in words; a classifier's as tables besides: the classes, and which was taken for which.</summary>
internal static class EvaluationText
{
    /// <summary>A wider confusion matrix fits no terminal; "--json" has it whole.</summary>
    private const int MaxMatrix = 24;

    public static void Write(EvaluationResult result, TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Metrics.Headline}{Further(result.Metrics)} on {result.Metrics.Samples:N0} {result.Split} samples of {result.Dataset}"));
        if (result.Metrics is not ClassificationMetrics metrics) return;
        output.WriteLine();
        var classes = new TextTable("CLASS", "SAMPLES", "PRECISION", "RECALL", "F1") { NumbersFrom = 1 };
        foreach (var (label, samples, precision, recall, f1) in metrics.Classes) classes.Add(label, Text(samples), Share(precision), Share(recall), Share(f1));
        output.Write(classes);

        output.WriteLine();
        if (metrics.Classes.Count > MaxMatrix)
        {
            output.WriteLine($"The confusion matrix of {metrics.Classes.Count} classes is in --json.");
            return;
        }
        output.WriteLine("Rows are the true classes, columns what the model answered, in the same order.");
        var matrix = new TextTable(["TRUE CLASS", .. Enumerable.Range(0, metrics.Classes.Count).Select(c => Text(c))]) { NumbersFrom = 1 };
        foreach (var (row, c) in metrics.Confusion.Select((row, c) => (row, c))) matrix.Add([$"{c} {metrics.Classes[c].Label}", .. row.Select(Text)]);
        output.Write(matrix);
    }

    private static string Further(SplitMetrics metrics) => metrics switch
    {
        ClassificationMetrics classes => string.Create(CultureInfo.InvariantCulture, $", loss {classes.Loss:0.0000}"),
        RegressionMetrics values => string.Create(CultureInfo.InvariantCulture, $", mean absolute error {values.Mae:G5}, largest {values.MaxError:G5}"),
        _ => "",
    };

    private static string Text(long count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Share(double? share) => share?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "-";
}
