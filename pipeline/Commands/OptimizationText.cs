using System.Globalization;
using OnnxPipeline.Export;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"optimize" for people.</summary>
internal static class OptimizationText
{
    /// <summary>Notes of one pass that are shown; --json has them all.</summary>
    private const int NotesShown = 5;

    public static void Write(Optimization result, TextWriter output)
    {
        var report = result.Report;
        var passes = new TextTable("PASS", "REWROTE", "DECLINED", "NODES") { NumbersFrom = 1 };
        foreach (var pass in report.Passes) passes.Add(pass.Pass, $"{pass.Rewrote.Count}", $"{pass.Declined.Count}", pass.NodesBefore == pass.NodesAfter ? $"{pass.NodesAfter}" : $"{pass.NodesBefore} -> {pass.NodesAfter}");
        output.Write(passes);
        foreach (var pass in report.Passes.Where(p => p.Declined.Count > 0))
        {
            output.WriteLine();
            output.WriteLine($"{pass.Pass} left:");
            foreach (var note in pass.Declined.Take(NotesShown)) output.WriteLine($"  {note}");
            if (pass.Declined.Count > NotesShown) output.WriteLine($"  and {pass.Declined.Count - NotesShown} more; --json lists them");
        }
        output.WriteLine();
        foreach (var note in report.Notes) output.WriteLine($"note: {note}");
        if (report.Check.Count > 0) OutputsText.Write(report.Check, report.Tolerance, output);
        output.WriteLine(Ending(result));
    }

    private static string Ending(Optimization result)
    {
        if (!result.Report.Passed) return $"{result.Model} was left as it is.";
        if (result.After is not { } after) return "There was nothing to do; no file was written.";
        return $"{result.Output}: {ByteSize.Text(result.Before.Bytes)} -> {ByteSize.Text(after.Bytes)}, {Count(result.Before.Nodes)} -> {Count(after.Nodes)} nodes";
    }

    private static string Count(int nodes) => nodes.ToString("N0", CultureInfo.InvariantCulture);
}
