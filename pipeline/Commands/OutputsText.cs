using System.Globalization;
using OnnxPipeline.Export;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>How far the outputs of two models are apart, for people.</summary>
internal static class OutputsText
{
    public static void Write(IReadOnlyList<OutputDifference> outputs, double tolerance, TextWriter output)
    {
        var table = new TextTable("OUTPUT", "LARGEST DIFFERENCE", "MEAN", "LARGEST NUMBER", "SAME CLASS", "VERDICT");
        foreach (var o in outputs)
        {
            var verdict = o.Problem ?? (o.IsWithin(tolerance) ? "same" : $"differs by more than {tolerance.ToString("G3", CultureInfo.InvariantCulture)}");
            table.Add(o.Output, Number(o.MaxAbsDiff), Number(o.MeanAbsDiff), Number(o.Largest), o.Agreement?.ToString("P2", CultureInfo.InvariantCulture) ?? "-", verdict);
        }
        output.Write(table);
    }

    private static string Number(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
