using System.Globalization;
using OnnxPipeline.Export;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"compare" for people.</summary>
internal static class ComparisonText
{
    private const int WeightsShown = 20;

    public static void Write(CompareReport report, TextWriter output)
    {
        var properties = new TextTable("PROPERTY", "A", "B");
        foreach (var property in report.Graph.Properties) properties.Add(property.Name, property.First ?? "-", property.Second ?? "-");
        if (report.Graph.Properties.Count == 0) output.WriteLine("The graphs have the same interface, operator sets and operators.");
        else output.Write(properties);

        output.WriteLine();
        var weights = new TextTable("WEIGHT", "A", "B", "LARGEST DIFFERENCE");
        foreach (var weight in report.Graph.Weights.Take(WeightsShown)) weights.Add(weight.Name, weight.First ?? "-", weight.Second ?? "-", weight.MaxAbsDiff?.ToString("G3", CultureInfo.InvariantCulture) ?? "-");
        if (report.Graph.Weights.Count == 0) output.WriteLine("The weights are the same.");
        else output.Write(weights);
        if (report.Graph.Weights.Count > WeightsShown) output.WriteLine($"and {report.Graph.Weights.Count - WeightsShown} more; --json lists them");

        output.WriteLine();
        if (report.Problem is { } problem) output.WriteLine($"The outputs were not compared: {problem}");
        else OutputsText.Write(report.Outputs, report.Tolerance, output);
        output.WriteLine($"{(report.Same ? "The outputs are the same" : "The outputs are not the same")} on {report.Data}.");
    }
}
