using System.CommandLine;
using System.Diagnostics;
using OnnxPipeline.Inference;
using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Inference.Results;
using OnnxPipeline.Inference.Tables;
using OnnxPipeline.Runtime;
using Spectre.Console;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"predict": runs a model on image files and folders, or on rows of CSV files. Results go to stdout as they come, a summary to stderr.</summary>
internal static class PredictCommand
{
    public static Command Create(CliServices services)
    {
        var model = new Argument<string>("MODEL") { Description = "The ONNX model." };
        var paths = new Argument<string[]>("PATH") { Description = "Image files, and folders whose images are all taken; for a model of a table CSV or TSV files with headings, plain or gzipped, - for stdin.", Arity = ArgumentArity.OneOrMore };
        var json = new Option<bool>("--json") { Description = "Print JSON Lines: one object a row." };
        var csv = new Option<bool>("--csv") { Description = "Print CSV." };
        var top = new Option<int>("--top") { Description = "Classes a row, best first.", HelpName = "K", DefaultValueFactory = _ => 3 };
        var batch = new Option<int?>("--batch") { Description = $"Images or rows a model run (by default {new FolderOptions().BatchSize} images, {CsvPredictor.DefaultBatchSize} rows).", HelpName = "N" };
        var device = new Option<string>("--device") { Description = "cpu, cuda or cuda:n.", HelpName = "DEVICE", DefaultValueFactory = _ => Device.CpuKind };
        var output = new Option<FileInfo?>("--out") { Description = "Write the rows to this file instead of stdout.", HelpName = "FILE" };
        var command = new Command("predict", "Run a model on image files and folders, or on the rows of CSV files.") { model, paths, json, csv, top, batch, device, output };

        model.Validators.Add(result =>
        {
            if (!File.Exists(result.GetRequiredValue(model))) result.AddError($"There is no model file '{result.GetRequiredValue(model)}'.");
        });
        device.Validators.Add(result =>
        {
            if (!Device.TryParse(result.GetRequiredValue(device), out _)) result.AddError($"'{result.GetRequiredValue(device)}' is no device; expected cpu, cuda or cuda:n.");
        });
        foreach (var count in new Option[] { top, batch })
        {
            count.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int?>() < 1) result.AddError($"{count.Name} must be at least 1.");
            });
        }
        command.Validators.Add(result =>
        {
            if (result.GetValue(json) && result.GetValue(csv)) result.AddError("--json and --csv exclude each other; choose one.");
        });

        command.SetAction(async (line, cancellation) =>
        {
            using var session = ModelSession.Open(line.GetRequiredValue(model), new SessionSettings { Device = Device.Parse(line.GetRequiredValue(device)) });
            using var run = PredictionRun.Of(session, line.GetRequiredValue(paths), line.GetValue(batch), services.In);
            await using var file = line.GetValue(output) is { } info ? new StreamWriter(info.Open(FileMode.Create, FileAccess.Write)) : null;
            var stdout = file ?? line.InvocationConfiguration.Output;
            var classes = Math.Min(line.GetValue(top), run.Classes);
            RowWriter writer = line.GetValue(json) ? new JsonRowWriter(stdout, classes)
                : line.GetValue(csv) ? new CsvRowWriter(stdout, classes, run.Key)
                : new TextRowWriter(stdout, classes);

            var summary = new ResultSummary();
            var started = Stopwatch.GetTimestamp();
            await foreach (var row in run.ReadAsync(cancellation))
            {
                cancellation.ThrowIfCancellationRequested();
                summary.Add(row);
                writer.Write(row);
            }
            Summarize(line.InvocationConfiguration.Error, summary, run.Things, Stopwatch.GetElapsedTime(started));
            return summary.Failed == 0 ? 0 : 1;
        });
        return command;
    }

    private static void Summarize(TextWriter error, ResultSummary summary, string things, TimeSpan elapsed)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        var table = new Table().Border(TableBorder.Simple).AddColumn("class").AddColumn(new TableColumn(things).RightAligned());
        foreach (var (label, count) in summary.Labels) table.AddRow(Markup.Escape(label), $"{count}");
        if (summary.Labels.Count > 0) console.Write(table);
        error.WriteLine($"{summary.Done} {things} {(summary.Labels.Count > 0 ? "classified" : "predicted")} in {elapsed.TotalSeconds:0.00} s ({summary.Done / elapsed.TotalSeconds:0} {things}/s){(summary.Failed > 0 ? $"; {summary.Failed} failed, their rows say why" : "")}");
    }
}
