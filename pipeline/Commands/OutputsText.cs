using System.Globalization;
using OnnxPipeline.Export;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>How far the outputs of two models are apart, for people.</summary>
internal static class OutputsText
{
    private static readonly string[] Figures = ["OUTPUT", "LARGEST DIFFERENCE", "MEAN", "LARGEST NUMBER", "SAME CLASS"];

    /// <param name="outputs">The differences.</param>
    /// <param name="tolerance">What counts as the same; null where the two are not meant to be.</param>
    /// <param name="output">Takes the table.</param>
    public static void Write(IReadOnlyList<OutputDifference> outputs, double? tolerance, TextWriter output)
    {
        var table = new TextTable([.. Figures, .. tolerance is null ? (string[])[] : ["VERDICT"]]);
        foreach (var o in outputs)
        {
            string[] verdict = tolerance is not { } limit ? [] : [o.Problem ?? (o.IsWithin(limit) ? "same" : $"differs by more than {limit.ToString("G3", CultureInfo.InvariantCulture)}")];
            table.Add([o.Output, Number(o.MaxAbsDiff), Number(o.MeanAbsDiff), Number(o.Largest), o.Agreement?.ToString("P2", CultureInfo.InvariantCulture) ?? "-", .. verdict]);
        }
        output.Write(table);
    }

    private static string Number(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
