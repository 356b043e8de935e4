using System.Globalization;
using OnnxPipeline.Pipeline.Stages;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"quantize" for people.</summary>
internal static class QuantizationText
{
    /// <summary>Nodes left in float32 that are shown; --json has them all.</summary>
    private const int LeftShown = 10;

    public static void Write(Quantization result, TextWriter output)
    {
        var report = result.Report;
        output.WriteLine($"{report.Method}: {report.Quantized.Count} of {report.Quantized.Count + report.Left.Count} nodes with weights quantised");
        foreach (var note in report.Left.Take(LeftShown)) output.WriteLine($"  left {note}");
        if (report.Left.Count > LeftShown) output.WriteLine($"  and {report.Left.Count - LeftShown} more; --json lists them");
        foreach (var note in report.Notes) output.WriteLine($"note: {note}");
        if (report.Budget is { } budget) output.WriteLine(QuantizeText.Budget(budget));
        output.WriteLine();
        ModelChangeText.Write(result.Difference, output);
        if (result.Latency is { Batches.Count: > 0 } latency)
        {
            output.WriteLine(string.Join(", ", latency.Batches.Select(b => string.Create(CultureInfo.InvariantCulture, $"{b.Ratio:0.00}x the time at batch {b.BatchSize}"))));
            if (latency.WhySlower is { } why) output.WriteLine($"slower than float32 here ({latency.Instructions}): {why}");
        }
        output.WriteLine(ModelChangeText.Size(result.Output, result.Before, result.After));
    }
}
