using OnnxPipeline.Inference;
using OnnxPipeline.Inference.Folders;
using OnnxPipeline.Inference.Results;
using OnnxPipeline.Inference.Tables;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>What "predict" runs a model on: images, or rows of tables, whichever the model takes.</summary>
internal abstract class PredictionRun : IDisposable
{
    private static readonly string[] TableExtensions = [".csv", ".tsv", ".csv.gz", ".tsv.gz"];

    /// <summary>Class names that a row may show; 0 for a value.</summary>
    public abstract int Classes { get; }

    /// <summary>What the first column of a result holds.</summary>
    public abstract string Key { get; }

    /// <summary>What is counted, in the plural.</summary>
    public abstract string Things { get; }

    /// <exception cref="ModelException">The model is none for images and none for rows of a table.</exception>
    /// <exception cref="UsageException">The paths are not what the model takes.</exception>
    public static PredictionRun Of(ModelSession session, string[] paths, int? batch, Func<Stream> standardInput)
    {
        if (session.Metadata is not { Columns: { Count: > 0 } columns })
        {
            if (paths.FirstOrDefault(IsTable) is { } table) throw new UsageException($"{session.Source} takes images, but '{table}' is a table. Give image files or folders, or a model that was trained on a table.");
            return new Images(new Predictor(session), paths, batch);
        }
        if (paths.FirstOrDefault(IsImages) is { } image)
            throw new UsageException($"{session.Source} takes rows of a table, but '{image}' is {(Directory.Exists(image) ? "a folder" : "an image")}. Give CSV or TSV files with the columns {string.Join(", ", columns.Take(20).Select(c => c.Name))}{(columns.Count > 20 ? " …" : "")}.");
        return new Rows(new TablePredictor(session), paths, batch, standardInput);
    }

    /// <summary>Runs the model on all of them, in order.</summary>
    public abstract IAsyncEnumerable<ResultRow> ReadAsync(CancellationToken cancellation);

    public abstract void Dispose();

    private static bool IsTable(string path) => path == "-" || TableExtensions.Any(end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase));

    private static bool IsImages(string path) => Directory.Exists(path) || ImagePaths.Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    private sealed class Images(Predictor predictor, string[] paths, int? batch) : PredictionRun
    {
        public override int Classes => predictor.Labels.Count;

        public override string Key => "path";

        public override string Things => "images";

        public override IAsyncEnumerable<ResultRow> ReadAsync(CancellationToken cancellation)
        {
            var options = new FolderOptions();
            return new FolderPredictor(predictor, options with { BatchSize = batch ?? options.BatchSize }).PredictAsync(paths, cancellation);
        }

        public override void Dispose() => predictor.Dispose();
    }

    private sealed class Rows(TablePredictor predictor, string[] paths, int? batch, Func<Stream> standardInput) : PredictionRun
    {
        public override int Classes => predictor.Target is null ? predictor.Labels.Count : 0;

        public override string Key => "row";

        public override string Things => "rows";

        public override IAsyncEnumerable<ResultRow> ReadAsync(CancellationToken cancellation) =>
            new CsvPredictor(predictor, batch ?? CsvPredictor.DefaultBatchSize).Predict(paths, standardInput).ToAsyncEnumerable();

        public override void Dispose() => predictor.Dispose();
    }
}
