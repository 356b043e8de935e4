using System.Diagnostics;

namespace OnnxPipeline.Inference.Server.Batching;

/// <summary>What a request wants of its model. It waits in the model's queue, and may share a run with others of its kind.</summary>
internal abstract class Work
{
    // Who waits goes on where the run ended: to answer is short, and a thread woken for each of a batch would cost more than its answer.
    private readonly TaskCompletionSource _done = new();

    /// <summary>Samples that it adds to a batch.</summary>
    public abstract int Samples { get; }

    /// <summary>When it was queued and when its run began, as <see cref="Stopwatch"/> has it.</summary>
    public long Queued { get; set; }

    public long Started { get; set; }

    /// <summary>When its run was over.</summary>
    public long Ended { get; private set; }

    /// <summary>Samples of all that share its run.</summary>
    public int RunSamples { get; set; }

    /// <summary>Completes when its run has ended, or it was taken out of the queue: nothing uses its tensors any more.</summary>
    public Task Completion => _done.Task;

    /// <summary>Whether the two can share a run.</summary>
    public abstract bool JoinsWith(Work other);

    /// <summary>Runs all of a batch, of which it is the first. On an exception none has a result.</summary>
    public abstract void Run(IReadOnlyList<Work> batch);

    public void Complete()
    {
        Ended = Stopwatch.GetTimestamp();
        _done.TrySetResult();
    }

    public void Fail(Exception exception)
    {
        Ended = Stopwatch.GetTimestamp();
        _done.TrySetException(exception);
    }

    public void Withdraw() => _done.TrySetCanceled();
}
