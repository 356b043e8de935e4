using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using OnnxPipeline.Inference.Server.Http;
using OnnxPipeline.Inference.Server.Metrics;
using OnnxPipeline.Inference.Server.Tracing;

namespace OnnxPipeline.Inference.Server.Batching;

/// <summary>Work that waits for a model, first come, first served; whatever joins with the first shares its run.</summary>
/// <param name="model">Its name, for messages.</param>
/// <param name="options">How large batches may be, and how long work may wait.</param>
/// <param name="turns">Shared with the other models of the machine.</param>
/// <param name="statistics">Where waits are counted.</param>
/// <param name="runs">How many runs of the model may go on at once.</param>
internal sealed class WorkQueue(string model, BatchingOptions options, Turns turns, ModelStatistics statistics, int runs = 1)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Work> _waiting = new();
    private TaskCompletionSource? _filled;
    private int _running;

    /// <summary>Requests that wait.</summary>
    public int Length
    {
        get
        {
            lock (_lock) return _waiting.Count;
        }
    }

    /// <summary>Runs work when its turn comes; once this returns or throws, nothing uses its tensors any more.</summary>
    /// <param name="work">What to run.</param>
    /// <param name="maxWait">The longest it may wait; null, or more than the server's limit, for that.</param>
    /// <param name="cancellation">The client is gone: work that still waits makes room at once.</param>
    /// <exception cref="RequestException">503: the queue is full, or the work has waited too long.</exception>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public async Task RunAsync(Work work, TimeSpan? maxWait, CancellationToken cancellation)
    {
        var limit = maxWait < options.MaxWait ? maxWait.Value : options.MaxWait;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var place = Enqueue(work);
        using var withdrawal = patience.Token.UnsafeRegister(_ => Withdraw(place), null);
        patience.CancelAfter(limit);
        try
        {
            await work.Completion;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new RequestException(503, string.Create(CultureInfo.InvariantCulture, $"The request waited {limit.TotalMilliseconds} ms for model '{model}' without getting its turn.")) { RetryAfter = TimeSpan.FromSeconds(1) };
        }
        finally
        {
            if (work.Started > 0) statistics.Waited(Stopwatch.GetElapsedTime(work.Queued, work.Started));
            WorkSpans.Tell(work);
        }
    }

    private LinkedListNode<Work> Enqueue(Work work)
    {
        lock (_lock)
        {
            if (_waiting.Count >= options.MaxQueue)
                throw new RequestException(503, $"Model '{model}' has {_waiting.Count} requests waiting, as many as are allowed; try again later.") { RetryAfter = TimeSpan.FromSeconds(1) };
            work.Queued = Stopwatch.GetTimestamp();
            var place = _waiting.AddLast(work);
            if (_filled is not null && _waiting.Sum(w => (long)w.Samples) >= options.MaxBatch) _filled.TrySetResult();
            if (_running < runs)
            {
                _running++;
                _ = Task.Run(RunAllAsync);
            }
            return place;
        }
    }

    private void Withdraw(LinkedListNode<Work> place)
    {
        lock (_lock)
        {
            if (place.List is null) return; // its run has begun, and is waited for
            _waiting.Remove(place);
        }
        place.Value.Withdraw();
    }

    /// <summary>Runs batch after batch until nothing waits.</summary>
    private async Task RunAllAsync()
    {
        while (true)
        {
            await GatherAsync();
            await turns.TakeAsync();
            try
            {
                if (Take() is not { } batch) return;
                Run(batch);
            }
            finally
            {
                turns.Return();
            }
            // Behind all that the other threads have left to do: requests that came meanwhile are read first, and share the next run.
            await Task.Yield();
        }
    }

    /// <summary>Waits for others to join the first, no longer than the delay allows.</summary>
    private async Task GatherAsync()
    {
        if (options.MaxDelay == TimeSpan.Zero) return;
        TaskCompletionSource filled;
        TimeSpan left;
        lock (_lock)
        {
            if (_waiting.First is not { } first || !first.Value.JoinsWith(first.Value) || _waiting.Sum(w => (long)w.Samples) >= options.MaxBatch) return;
            left = options.MaxDelay - Stopwatch.GetElapsedTime(first.Value.Queued);
            if (left <= TimeSpan.Zero) return;
            filled = _filled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        await Task.WhenAny(filled.Task, Task.Delay(left));
        lock (_lock)
        {
            // Whoever else waits for the same batch need not.
            filled.TrySetResult();
            if (_filled == filled) _filled = null;
        }
    }

    /// <summary>The next batch; null when nothing waits, and then nobody runs.</summary>
    private List<Work>? Take()
    {
        lock (_lock)
        {
            if (_waiting.First is not { } first)
            {
                _running--;
                return null;
            }
            var batch = new List<Work>();
            long samples = 0;
            for (var place = first; place is not null && samples < options.MaxBatch;)
            {
                var (work, next) = (place.Value, place.Next);
                if (batch.Count == 0 || batch[0].JoinsWith(work) && samples + work.Samples <= options.MaxBatch)
                {
                    _waiting.Remove(place);
                    batch.Add(work);
                    samples += work.Samples;
                    work.Started = Stopwatch.GetTimestamp();
                }
                place = next;
            }
            foreach (var work in batch) work.RunSamples = (int)samples;
            return batch;
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever a run throws belongs to the request that it was for.")]
    private static void Run(List<Work> batch)
    {
        try
        {
            batch[0].Run(batch);
            foreach (var work in batch) work.Complete();
        }
        catch (Exception exception) when (batch.Count == 1)
        {
            batch[0].Fail(exception);
        }
        catch (Exception)
        {
            // One bad request must not fail those that happened to share its run.
            foreach (var work in batch) Run([work]);
        }
    }
}
