using System.CommandLine;
using OnnxPipeline.Inference;
using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Inference.Results;
using OnnxPipeline.Pipeline.Cluster;
using OnnxPipeline.Pipeline.Cluster.Kinds;
using OnnxPipeline.Pipeline.Progress;
using OnnxPipeline.Runtime;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>"predict": runs a model on images, or on rows of CSV files. Results go to stdout or a file as they come, progress and a summary to stderr.</summary>
internal static class PredictCommand
{
    public static Command Create(CliServices services)
    {
        var arguments = new PredictArguments();
        var command = new Command("predict", "Run a model on images, or on the rows of CSV files.");
        arguments.AddTo(command);
        var artifacts = ArtifactsOption.Create();
        artifacts.Description = "With --executor slurm: where the job's folder is.";
        command.Add(artifacts);
        var cluster = ClusterArguments.AddTo(command);
        command.SetAction(async (line, cancellation) =>
        {
            if (cluster.IsOnSlurm(line))
            {
                var job = HandIn(arguments, line, new JobDrafts(cluster.Options(line, section: null, services), services, ArtifactsOption.Read(line, artifacts, services)), services);
                return cluster.Follow(line, job, new JobOutput(), services, cancellation);
            }
            var (output, error) = (line.InvocationConfiguration.Output, line.InvocationConfiguration.Error);
            var options = arguments.Read(line, services.In, output);
            using var session = Open(arguments, line);
            using var run = PredictionRun.Of(session, options, arguments.Batch(line), arguments.Adapter(line));
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

    /// <summary>Runs a command line of this verb, without a word but of its progress.</summary>
    /// <exception cref="UsageException">The command line is wrong.</exception>
    internal static async Task<ResultSummary> RunAsync(IReadOnlyList<string> commandLine, IProgress<FolderProgress> progress, CancellationToken cancellation)
    {
        var arguments = new PredictArguments();
        var command = new Command("predict");
        arguments.AddTo(command);
        var line = command.Parse(commandLine);
        if (line.Errors.Count > 0) throw new UsageException(string.Join(Environment.NewLine, line.Errors.Select(e => e.Message)));
        using var session = Open(arguments, line);
        using var run = PredictionRun.Of(session, arguments.Read(line, () => Stream.Null, TextWriter.Null), arguments.Batch(line), arguments.Adapter(line));
        return await run.RunAsync(progress, cancellation);
    }

    /// <summary>The model, with the adapter that it is to run with.</summary>
    private static ModelSession Open(PredictArguments arguments, ParseResult line)
    {
        var session = ModelSession.Open(arguments.Model(line), arguments.Session(line));
        try
        {
            if (arguments.Adapter(line) is { } adapter) session.LoadAdapter(adapter, adapter);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Hands a folder run in to Slurm, after it was seen that the model can run on it.</summary>
    private static JobFolder HandIn(PredictArguments arguments, ParseResult line, JobDrafts drafts, CliServices services)
    {
        var options = arguments.Read(line, services.In, line.InvocationConfiguration.Output);
        var output = options.OutputPath ?? throw new UsageException("--executor slurm writes the rows to a file: add --out FILE.csv or --out FILE.jsonl.");
        if (options.Format == RowFormat.Text) throw new UsageException("The rows of shards can be put together only as CSV or JSON Lines: name --out FILE.csv or FILE.jsonl, or add --csv or --json.");
        foreach (var (given, name) in new[] { (options.Resume, "--resume"), (options.Watch, "--watch"), (options.MoveTo is not null, "--move-to"), (options.Folder.Shard != Shard.Whole, "--shard") })
            if (given) throw new UsageException($"{name} does not go with --executor slurm{(name is "--resume" or "--shard" ? ", which sees to it itself" : "")}; leave it out.");
        if (options.Inputs.PathColumn is not null && options.Inputs.Paths.Contains("-")) throw new UsageException("A table on stdin cannot be read by several nodes; give it as a file.");
        using var session = ModelSession.Open(arguments.Model(line), new SessionSettings { Threads = 1 });
        if (session.Metadata?.Columns is { Count: > 0 }) throw new UsageException($"{session.Source} takes rows of a table, and only images are divided among nodes; leave --executor out.");
        using (PredictionRun.Of(session, options with { Resume = false }, arguments.Batch(line), adapter: null))
        {
            // Only to hear now, and not on every node, what is wrong with the options.
        }
        var files = options.Inputs.PathColumn is null ? options.Inputs.Files() : null;
        return drafts.Predict(arguments.Model(line), files, arguments.ForNode(line, options.Format, named: files is null), output, options.LowConfidence, arguments.DeviceName(line));
    }
}
