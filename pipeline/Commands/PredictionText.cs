using OnnxPipeline.Inference.Results;
using Spectre.Console;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>What "predict" says at its end: rows by class, the least certain ones, and how fast it went.</summary>
internal static class PredictionText
{
    public static void Write(TextWriter error, ResultSummary summary, string things)
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
        error.WriteLine($"{summary.Done} {things} {(summary.Labels.Count > 0 ? "classified" : "predicted")} in {summary.Elapsed.TotalSeconds:0.00} s ({summary.PerSecond:0} {things}/s){earlier}{failed}");
    }
}
