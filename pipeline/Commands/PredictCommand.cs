using System.CommandLine;
using System.Diagnostics;
using OnnxPipeline.Inference;
using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Runtime;
using Spectre.Console;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"predict": classifies image files and folders. Rows go to stdout as they come, a summary to stderr.</summary>
internal static class PredictCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "The ONNX model." };
        var paths = new Argument<string[]>("PATH") { Description = "Image files, and folders whose images are all taken.", Arity = ArgumentArity.OneOrMore };
        var json = new Option<bool>("--json") { Description = "Print JSON Lines: one object a row." };
        var csv = new Option<bool>("--csv") { Description = "Print CSV." };
        var top = new Option<int>("--top") { Description = "Classes a row, best first.", HelpName = "K", DefaultValueFactory = _ => 3 };
        var batch = new Option<int>("--batch") { Description = "Images a model run.", HelpName = "N", DefaultValueFactory = _ => new FolderOptions().BatchSize };
        var device = new Option<string>("--device") { Description = "cpu, cuda or cuda:n.", HelpName = "DEVICE", DefaultValueFactory = _ => Device.CpuKind };
        var output = new Option<FileInfo?>("--out") { Description = "Write the rows to this file instead of stdout.", HelpName = "FILE" };
        var command = new Command("predict", "Classify image files and folders.") { model, paths, json, csv, top, batch, device, output };

        model.Validators.Add(result =>
        {
            if (!File.Exists(result.GetRequiredValue(model))) result.AddError($"There is no model file '{result.GetRequiredValue(model)}'.");
        });
        device.Validators.Add(result =>
        {
            if (!Device.TryParse(result.GetRequiredValue(device), out _)) result.AddError($"'{result.GetRequiredValue(device)}' is no device; expected cpu, cuda or cuda:n.");
        });
        foreach (var count in new[] { top, batch })
        {
            count.Validators.Add(result =>
            {
                if (result.GetValue(count) < 1) result.AddError($"{count.Name} must be at least 1.");
            });
        }
        command.Validators.Add(result =>
        {
            if (result.GetValue(json) && result.GetValue(csv)) result.AddError("--json and --csv exclude each other; choose one.");
        });

        command.SetAction(async (line, cancellation) =>
        {
            using var predictor = Predictor.Open(line.GetRequiredValue(model), new PredictorOptions { Device = Device.Parse(line.GetRequiredValue(device)) });
            var folders = new FolderPredictor(predictor, new FolderOptions { BatchSize = line.GetValue(batch) });
            await using var file = line.GetValue(output) is { } info ? new StreamWriter(info.Open(FileMode.Create, FileAccess.Write)) : null;
            var stdout = file ?? line.InvocationConfiguration.Output;
            var classes = Math.Min(line.GetValue(top), predictor.Labels.Count);
            RowWriter writer = line.GetValue(json) ? new JsonRowWriter(stdout, classes)
                : line.GetValue(csv) ? new CsvRowWriter(stdout, classes)
                : new TextRowWriter(stdout, classes);

            var summary = new FolderSummary();
            var started = Stopwatch.GetTimestamp();
            await foreach (var row in folders.PredictAsync(line.GetRequiredValue(paths), cancellation))
            {
                summary.Add(row);
                writer.Write(row);
            }
            Summarize(line.InvocationConfiguration.Error, summary, Stopwatch.GetElapsedTime(started));
            return summary.Failed == 0 ? 0 : 1;
        });
        return command;
    }

    private static void Summarize(TextWriter error, FolderSummary summary, TimeSpan elapsed)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        var table = new Table().Border(TableBorder.Simple).AddColumn("class").AddColumn(new TableColumn("images").RightAligned());
        foreach (var (label, count) in summary.Labels) table.AddRow(Markup.Escape(label), $"{count}");
        if (summary.Classified > 0) console.Write(table);
        error.WriteLine($"{summary.Classified} images classified in {elapsed.TotalSeconds:0.00} s ({summary.Classified / elapsed.TotalSeconds:0} images/s){(summary.Failed > 0 ? $"; {summary.Failed} failed, their rows say why" : "")}");
    }
}
