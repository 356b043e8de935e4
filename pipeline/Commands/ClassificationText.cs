using System.Globalization;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>A classifier's figures as tables: the classes, and which was taken for which.</summary>
internal static class ClassificationText
{
    /// <summary>A wider confusion matrix fits no terminal; "--json" has it whole.</summary>
    private const int MaxMatrix = 24;

    public static void Write(EvaluationResult result, TextWriter output)
    {
        var metrics = result.Metrics;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"accuracy {100 * metrics.Accuracy:0.00} %, loss {metrics.Loss:0.0000} on {metrics.Samples:N0} {result.Split} samples of {result.Dataset}"));
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

    private static string Text(long count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Share(double? share) => share?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "-";
}
