using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace OnnxPipeline.Inference.Folders;

/// <summary>
/// Classifies any number of images in bounded memory: they are read and decoded by several workers, ahead of the model, and results
/// come in the order of the inputs. A bad file is a row with an error; it stops nothing. <see cref="FolderJob"/> writes the rows, too.
/// </summary>
public sealed class FolderPredictor(Predictor predictor, FolderOptions? options = null)
{
    /// <summary>Model runs at the same time where each of them uses several threads: one fills the pauses of the other.</summary>
    private const int SharedRuns = 2;

    /// <summary>Slices of batches that wait for each worker, so that none waits for the thread that hands out the work.</summary>
    private const int SlicesAhead = 4;

    /// <summary>Batches under way beyond one a worker, so that a slow one holds nobody back.</summary>
    private const int BatchesAhead = 3;

    private readonly FolderOptions _options = Validate(options ?? new FolderOptions());

    /// <summary>Class names, by class index.</summary>
    public IReadOnlyList<string> Labels => predictor.Labels;

    /// <summary>Classifies what paths name; see <see cref="FolderInputs.Paths"/>.</summary>
    public IAsyncEnumerable<FolderRow> PredictAsync(IEnumerable<string> paths, CancellationToken cancellation = default) =>
        PredictAsync(new FolderInputs { Paths = paths }, cancellation);

    /// <summary>Classifies the images of the inputs.</summary>
    public async IAsyncEnumerable<FolderRow> PredictAsync(FolderInputs inputs, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var batch in PredictAsync(_options.Shard.Of(inputs.Enumerate()), cancellation).ConfigureAwait(false))
        {
            foreach (var row in batch) yield return row;
        }
    }

    /// <summary>Batch by batch: all of the batch size but the last, whatever the sizes and faults of the images, so that the same images give the same rows.</summary>
    internal async IAsyncEnumerable<FolderRow[]> PredictAsync(IEnumerable<InputImage> images, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // Each batch under way is a task; the channel keeps their order and, when it is full, holds the reading back.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var batches = Channel.CreateBounded<Task<FolderRow[]>>(_options.Workers + BatchesAhead);
        var producer = Task.Run(() => ProduceAsync(images, batches.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var rows in batches.Reader.ReadAllAsync(cancellation).ConfigureAwait(false)) yield return await rows.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await producer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // The model is the caller's to close once this returns, so nothing may run on it any more.
            while (batches.Reader.TryRead(out var rows)) await ((Task)rows).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ProduceAsync(IEnumerable<InputImage> images, ChannelWriter<Task<FolderRow[]>> writer, CancellationToken cancellation)
    {
        try
        {
            var workers = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, _options.Workers).ConcurrentScheduler;
            var slicesAhead = new SemaphoreSlim(SlicesAhead * _options.Workers);
            var runs = new SemaphoreSlim(Math.Min(_options.Workers, predictor.Session.Threads == 1 ? _options.Workers : SharedRuns));
            using var input = images.GetEnumerator();
            for (var more = input.MoveNext(); more;)
            {
                await writer.WaitToWriteAsync(cancellation).ConfigureAwait(false);
                var batch = new DecodedBatch(predictor, _options.BatchSize);
                var slices = new List<Task>();
                while (more && !batch.IsFull)
                {
                    // Before the next image is asked for, which ends what an archive gives of this one; and only
                    // when few wait, since the encoded images of an archive are held until they are decoded.
                    await slicesAhead.WaitAsync(cancellation).ConfigureAwait(false);
                    var slice = batch.NextSlice();
                    do
                    {
                        slice.Add(input.Current);
                        more = input.MoveNext();
                    }
                    while (more && !slice.IsFull);
                    slices.Add(Task.Factory.StartNew(() => Decode(slice, slicesAhead), CancellationToken.None, TaskCreationOptions.DenyChildAttach, workers));
                }
                // There is room, since nobody else writes; waiting could lose the task to a cancellation.
                writer.TryWrite(RowsAsync(batch, slices, runs, cancellation));
            }
            writer.Complete();
        }
        catch (Exception exception)
        {
            writer.Complete(exception);
        }
    }

    private static void Decode(DecodedBatch.Slice slice, SemaphoreSlim slicesAhead)
    {
        try
        {
            slice.Decode();
        }
        finally
        {
            slicesAhead.Release();
        }
    }

    private async Task<FolderRow[]> RowsAsync(DecodedBatch batch, List<Task> slices, SemaphoreSlim runs, CancellationToken cancellation)
    {
        using (batch)
        {
            await Task.WhenAll(slices).ConfigureAwait(false);
            await runs.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                return batch.Run(predictor);
            }
            finally
            {
                runs.Release();
            }
        }
    }

    private static FolderOptions Validate(FolderOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1, nameof(options.BatchSize));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Workers, 1, nameof(options.Workers));
        return options;
    }
}
