using System.CommandLine;
using OnnxPipeline.Inference;
using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Inference.Results;
using OnnxPipeline.Pipeline.Progress;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"predict": runs a model on images, or on rows of CSV files. Results go to stdout or a file as they come, progress and a summary to stderr.</summary>
internal static class PredictCommand
{
    public static Command Create(CliServices services)
    {
        var arguments = new PredictArguments();
        var command = new Command("predict", "Run a model on images, or on the rows of CSV files.");
        arguments.AddTo(command);
        command.SetAction(async (line, cancellation) =>
        {
            var (output, error) = (line.InvocationConfiguration.Output, line.InvocationConfiguration.Error);
            var options = arguments.Read(line, services.In, output);
            using var session = ModelSession.Open(arguments.Model(line), arguments.Session(line));
            var adapter = arguments.Adapter(line);
            if (adapter is not null) session.LoadAdapter(adapter, adapter);
            using var run = PredictionRun.Of(session, options, arguments.Batch(line), adapter);
            if (options.Watch) error.WriteLine($"watching {string.Join(", ", options.Inputs.Paths)}; Ctrl-C ends it");
            // Rows and a moving line would write over each other on one terminal.
            var live = services.Interactive && (options.OutputPath is not null || services.OutputRedirected);
            try
            {
                ResultSummary summary;
                using (var progress = new PredictionProgress(error, services.Time, run.Things, live)) summary = await run.RunAsync(progress, cancellation);
                PredictionText.Write(error, summary, run.Things);
                return summary.Failed == 0 || options.Watch ? Cli.Done : Cli.Failed;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                error.WriteLine(options.OutputPath is null ? "interrupted" : $"interrupted; the same command with --resume goes on behind the rows in {options.OutputPath}");
                return Cli.Interrupted;
            }
        });
        return command;
    }
}
