using System.Buffers;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using OnnxPipeline.Runtime.Images;

namespace OnnxPipeline.Inference.Folders;

/// <summary>
/// Classifies any number of image files in bounded memory: batches are read and decoded by several workers, ahead of the model,
/// and results come in the order of the paths. A bad file is a row with an error; it stops nothing.
/// </summary>
public sealed class FolderPredictor(Predictor predictor, FolderOptions? options = null)
{
    private readonly FolderOptions _options = Validate(options ?? new FolderOptions());

    /// <summary>Classifies files, and the images of folders (see <see cref="ImagePaths"/>).</summary>
    public async IAsyncEnumerable<FolderRow> PredictAsync(IEnumerable<string> paths, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        // Each batch under way is a task; the channel keeps their order and, when it is full, holds the reading back.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var batches = Channel.CreateBounded<Task<Batch>>(_options.Workers);
        var producer = Task.Run(() => ProduceAsync(paths, batches.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var decoding in batches.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                var batch = await decoding.ConfigureAwait(false);
                foreach (var row in Run(batch)) yield return row;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await producer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ProduceAsync(IEnumerable<string> paths, ChannelWriter<Task<Batch>> writer, CancellationToken cancellation)
    {
        try
        {
            foreach (var chunk in ImagePaths.Enumerate(paths).Chunk(_options.BatchSize))
            {
                await writer.WaitToWriteAsync(cancellation).ConfigureAwait(false);
                await writer.WriteAsync(Task.Run(() => Decode(chunk), CancellationToken.None), cancellation).ConfigureAwait(false);
            }
            writer.Complete();
        }
        catch (Exception exception)
        {
            writer.Complete(exception);
        }
    }

    private Batch Decode(ImagePath[] paths)
    {
        var pixels = ArrayPool<byte>.Shared.Rent(paths.Length * predictor.PixelCount);
        var errors = new string?[paths.Length];
        var good = 0;
        for (var i = 0; i < paths.Length; i++)
        {
            errors[i] = paths[i].Error ?? TryDecode(paths[i].Path, pixels.AsSpan(good * predictor.PixelCount, predictor.PixelCount));
            if (errors[i] is null) good++;
        }
        return new Batch(paths, errors, pixels, good);
    }

    /// <summary>Null, or what is wrong with the file.</summary>
    private string? TryDecode(string path, Span<byte> pixels)
    {
        try
        {
            predictor.Decode(predictor.Read(path), pixels);
            return null;
        }
        catch (Exception exception) when (exception is ImageException or IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    private FolderRow[] Run(Batch batch)
    {
        var predictions = predictor.PredictPixels(batch.Pixels.AsSpan(0, batch.Good * predictor.PixelCount), batch.Good);
        ArrayPool<byte>.Shared.Return(batch.Pixels);
        var rows = new FolderRow[batch.Paths.Length];
        for (int i = 0, good = 0; i < rows.Length; i++)
            rows[i] = new FolderRow(batch.Paths[i].Path, batch.Errors[i] is null ? predictions[good++] : null, batch.Errors[i]);
        return rows;
    }

    private static FolderOptions Validate(FolderOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1, nameof(options.BatchSize));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Workers, 1, nameof(options.Workers));
        return options;
    }

    /// <summary>Decoded images: the good ones lie one after the other in a rented array.</summary>
    private sealed record Batch(ImagePath[] Paths, string?[] Errors, byte[] Pixels, int Good);
}
