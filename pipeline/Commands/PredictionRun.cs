using OnnxPipeline.Inference;
using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Inference.Folders.Inputs;
using OnnxPipeline.Inference.Results;
using OnnxPipeline.Inference.Tables;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>What "predict" runs a model on: images, or rows of tables, whichever the model takes.</summary>
internal abstract class PredictionRun : IDisposable
{
    /// <summary>What is counted, in the plural.</summary>
    public abstract string Things { get; }

    /// <param name="session">The model.</param>
    /// <param name="options">What to run it on, and what to write.</param>
    /// <param name="batch">Images or rows a model run; null where nothing was said.</param>
    /// <param name="adapter">The adapter to run with, by the name that it was loaded by; null for none.</param>
    /// <exception cref="ModelException">The model is none for images and none for rows of a table.</exception>
    /// <exception cref="UsageException">The paths are not what the model takes, or the options contradict each other.</exception>
    public static PredictionRun Of(ModelSession session, FolderJobOptions options, int? batch, string? adapter)
    {
        var paths = options.Inputs.Paths;
        if (session.Metadata is not { Columns: { Count: > 0 } columns })
        {
            if (options.Inputs.PathColumn is null && paths.FirstOrDefault(IsTable) is { } table) throw new UsageException($"{session.Source} takes images, but '{table}' is a table. Give image files or folders, say with --path-column which of its columns holds paths of images, or take a model that was trained on a table.");
            return new Images(new Predictor(session), adapter, options);
        }
        if (paths.FirstOrDefault(IsImages) is { } image)
            throw new UsageException($"{session.Source} takes rows of a table, but '{image}' is {(Directory.Exists(image) ? "a folder" : "an image")}. Give CSV or TSV files with the columns {string.Join(", ", columns.Take(20).Select(c => c.Name))}{(columns.Count > 20 ? " …" : "")}.");
        if (ImageOption(options) is { } option) throw new UsageException($"{session.Source} takes rows of a table, and {option} is for images only; leave it out.");
        return new Rows(new TablePredictor(session).WithAdapter(adapter), options, batch ?? CsvPredictor.DefaultBatchSize);
    }

    /// <summary>Runs the model on all of them and writes their rows, in order.</summary>
    public abstract Task<ResultSummary> RunAsync(IProgress<FolderProgress> progress, CancellationToken cancellation);

    public abstract void Dispose();

    private static bool IsTable(string path) => Samples.TableFile.IsNamedLikeOne(path);

    private static bool IsImages(string path) => path != InputFile.StandardInput && (Directory.Exists(path) || ImagePaths.Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase));

    private static string? ImageOption(FolderJobOptions options) =>
        options.Resume ? "--resume"
        : options.Watch ? "--watch"
        : options.MoveTo is not null ? "--move-to"
        : options.Folder.Shard != Shard.Whole ? "--shard"
        : options.Inputs.PathColumn is not null ? "--path-column"
        : options.Inputs.Lists.Count > 0 ? "--list"
        : null;

    /// <summary>What the library calls a wrong argument is wrong usage here.</summary>
    private static T Usable<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentException exception)
        {
            throw new UsageException(exception.Message);
        }
    }

    private sealed class Images : PredictionRun
    {
        private readonly Predictor _predictor;
        private readonly FolderJob _job;

        public Images(Predictor predictor, string? adapter, FolderJobOptions options)
        {
            _predictor = predictor;
            _job = Usable(() => new FolderJob(predictor.WithAdapter(adapter), options));
        }

        public override string Things => "images";

        public override Task<ResultSummary> RunAsync(IProgress<FolderProgress> progress, CancellationToken cancellation) => _job.RunAsync(progress, cancellation);

        public override void Dispose() => _predictor.Dispose();
    }

    private sealed class Rows : PredictionRun
    {
        private readonly TablePredictor _predictor;
        private readonly FolderJobOptions _options;
        private readonly int _batch;
        private readonly int _top;
        private readonly ResultColumns _columns;

        public Rows(TablePredictor predictor, FolderJobOptions options, int batch)
        {
            (_predictor, _options, _batch) = (predictor, options, batch);
            var shape = new ResultShape(ResultShape.Row, predictor.Target is null ? predictor.Labels : []);
            _top = Math.Min(options.Top, shape.Labels.Count);
            if (options is { Format: RowFormat.Text, Columns: not null }) throw new UsageException("--columns is for --csv and --json; text has columns of its own.");
            _columns = Usable(() => options.Columns is { } names ? ResultColumns.Of(names, shape, options.Format, options.Top) : ResultColumns.Default(shape, options.Format, options.Top));
        }

        public override string Things => "rows";

        public override Task<ResultSummary> RunAsync(IProgress<FolderProgress> progress, CancellationToken cancellation)
        {
            using var output = _options.OutputPath is { } path ? RowOutput.ToFile(path, _options.Format, _columns, _top, resume: false) : RowOutput.To(_options.Output, _options.Format, _columns, _top);
            var summary = new ResultSummary(_options.LowConfidence);
            foreach (var rows in new CsvPredictor(_predictor, _batch).Predict(_options.Inputs.Paths, _options.Inputs.StandardInput).Chunk(_batch))
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var row in rows) summary.Add(row);
                output.Write(rows);
                progress.Report(new FolderProgress(summary.Done + summary.Failed, null));
            }
            return Task.FromResult(summary);
        }

        public override void Dispose() => _predictor.Dispose();
    }
}
