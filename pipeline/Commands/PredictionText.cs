using OnnxPipeline.Inference.Results;
using Spectre.Console;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>What "predict" says at its end: rows by class, the least certain ones, and how fast it went.</summary>
internal static class PredictionText
{
    /// <param name="error">Takes the text.</param>
    /// <param name="summary">Counts over the rows.</param>
    /// <param name="things">What they are of, in the plural.</param>
    /// <param name="elapsed">How long it took; null for the time since the summary was made.</param>
    public static void Write(TextWriter error, ResultSummary summary, string things, TimeSpan? elapsed = null)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        if (summary.Labels.Count > 0)
        {
            var table = new Table().Border(TableBorder.Simple).AddColumn("class").AddColumn(new TableColumn(things).RightAligned());
            foreach (var (label, count) in summary.Labels) table.AddRow(Markup.Escape(label), $"{count}");
            console.Write(table);
        }
        if (summary.LowConfidence is { Count: > 0 } uncertain)
        {
            error.WriteLine("least certain:");
            foreach (var row in uncertain) error.WriteLine($"  {row.Probability:0.0000}  {row.Label}  {row.Key}");
        }
        var earlier = summary.Resumed > 0 ? $"; {summary.Resumed} were there from before" : "";
        var failed = summary.Failed > 0 ? $"; {summary.Failed} failed, their rows say why" : "";
        var seconds = (elapsed ?? summary.Elapsed).TotalSeconds;
        var perSecond = elapsed is null ? summary.PerSecond : (summary.Done + summary.Failed - summary.Resumed) / seconds;
        error.WriteLine($"{summary.Done} {things} {(summary.Labels.Count > 0 ? "classified" : "predicted")} in {seconds:0.00} s ({perSecond:0} {things}/s){earlier}{failed}");
    }
}
