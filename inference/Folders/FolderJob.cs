using System.Runtime.CompilerServices;
using OnnxPipeline.Inference.Folders.Watching;
using OnnxPipeline.Inference.Results;

namespace OnnxPipeline.Inference.Folders;

/// <summary>
/// A run over any number of images that writes a row for each, in the order of the inputs:
/// <c>await new FolderJob(model, new() { Inputs = new() { Paths = ["photos"] }, OutputPath = "rows.csv" }).RunAsync();</c>
/// </summary>
public sealed class FolderJob
{
    private const string NoArchives = "the files in an archive cannot be moved. Unpack it, or leave the moving out.";

    private readonly FolderJobOptions _options;
    private readonly FolderPredictor _predictor;
    private readonly FolderInputs _inputs;
    private readonly ResultColumns _columns;
    private readonly FileMover? _mover;

    /// <param name="predictor">The model; it stays the caller's.</param>
    /// <param name="options">What to take and what to write.</param>
    /// <exception cref="ArgumentException">The options contradict each other, or name a column that there is not.</exception>
    public FolderJob(Predictor predictor, FolderJobOptions options)
    {
        options.Validate();
        _options = options;
        _predictor = new FolderPredictor(predictor, options.Folder);
        var shape = new ResultShape(ResultShape.Path, predictor.Labels);
        _columns = options.Columns is { } names ? ResultColumns.Of(names, shape, options.Format, options.Top) : ResultColumns.Default(shape, options.Format, options.Top);
        if (_columns.Carried.Count > 0 && options.Inputs.PathColumn is null) throw new ArgumentException($"The column 'input.{_columns.Carried[0]}' is one of a table that names the images, but no table does: say which of its columns holds the paths.");
        if (options.MoveTo is { } template) _mover = new FileMover(template, options.Inputs.PathColumn is null ? options.Inputs.Paths : []);
        _inputs = options.Inputs with { Carried = [.. options.Inputs.Carried.Union(_columns.Carried)], ArchivesRefused = _mover is null ? null : NoArchives };
    }

    /// <summary>Runs to the end of the inputs; a watch to its cancellation.</summary>
    /// <param name="progress">Told after every batch, on this call's thread. How many images there are is counted beside the run.</param>
    /// <param name="cancellation">Stops the run; the rows that are written stay.</param>
    /// <exception cref="ResultFileException">The rows to go on from are not those of these inputs, columns and model.</exception>
    /// <exception cref="IOException">The output cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled, and is no watch.</exception>
    public async Task<ResultSummary> RunAsync(IProgress<FolderProgress>? progress = null, CancellationToken cancellation = default)
    {
        var top = Math.Min(_options.Top, _predictor.Labels.Count);
        using var output = _options.OutputPath is { } path ? RowOutput.ToFile(path, _options.Format, _columns, top, _options.Resume) : RowOutput.To(_options.Output, _options.Format, _columns, top);
        var summary = new ResultSummary(_options.LowConfidence);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var counting = progress is null || _options.Watch ? Task.FromResult<long?>(null) : Task.Run(() => CountShard(stop.Token), CancellationToken.None);
        try
        {
            var earlier = output.Earlier is { } stored ? new EarlierRows(stored, _options.OutputPath!, _options.Format, _columns, _options.Folder.BatchSize) : null;
            await foreach (var batch in BatchesAsync(earlier, summary, cancellation).ConfigureAwait(false))
            {
                var rows = _mover is null ? batch : Array.ConvertAll(batch, Move);
                var first = earlier?.Verify(rows, output, summary) ?? 0;
                output.Write(rows.AsSpan(first));
                foreach (var row in rows.AsSpan(first)) summary.Add(row);
                progress?.Report(new FolderProgress(summary.Done + summary.Failed, counting.IsCompletedSuccessfully ? counting.Result : null));
            }
            earlier?.ExpectNoMore();
        }
        catch (OperationCanceledException) when (_options.Watch && cancellation.IsCancellationRequested)
        {
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)counting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return summary;
    }

    private IAsyncEnumerable<FolderRow[]> BatchesAsync(EarlierRows? earlier, ResultSummary summary, CancellationToken cancellation)
    {
        if (_options.Watch) return WatchAsync(cancellation);
        var images = _options.Folder.Shard.Of(_inputs.Enumerate());
        return _predictor.PredictAsync(earlier?.Skip(images, summary) ?? images, cancellation);
    }

    private async IAsyncEnumerable<FolderRow[]> WatchAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var arrived in new FolderWatcher([.. _inputs.Paths], _options.Settling).ArrivalsAsync(cancellation).ConfigureAwait(false))
        {
            await foreach (var batch in _predictor.PredictAsync(arrived, cancellation).ConfigureAwait(false)) yield return batch;
        }
    }

    private FolderRow Move(FolderRow row)
    {
        if (row.Error is not null) return row;
        var (target, error) = _mover!.Move(row.Path, row.Label!);
        return row with { MovedTo = target, Error = error };
    }

    /// <summary>Images of the shard.</summary>
    private long? CountShard(CancellationToken cancellation)
    {
        var shard = _options.Folder.Shard;
        return _inputs.Count(cancellation) is { } all ? (all - shard.Index + shard.Count) / shard.Count : null;
    }
}
