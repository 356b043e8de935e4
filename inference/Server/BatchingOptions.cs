namespace OnnxPipeline.Inference.Server;

/// <summary>How requests share runs of a model. Only models whose batch is free, and whose answers do not depend on it, are batched.</summary>
public sealed record BatchingOptions
{
    /// <summary>The most samples in one run; a request of more is run in parts. 1 for no batching.</summary>
    public int MaxBatch { get; init; } = 32;

    /// <summary>How long a request waits for others to share its run. Even at zero, those that come while another run goes on share the next.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.Zero;

    /// <summary>The most requests that may wait for a model; one more is refused with 503.</summary>
    public int MaxQueue { get; init; } = 256;

    /// <summary>The longest a request may wait for its run; past it, it is refused with 503. A request may ask for less.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many models may run at once on all cores; each one runs a single batch at a time, and they take turns. Models that are
    /// quick run on one core, several batches at once.
    /// </summary>
    public int ConcurrentModels { get; init; } = 2;

    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    internal void Validate()
    {
        if (MaxBatch < 1) throw new ArgumentException($"{nameof(MaxBatch)} must be at least 1 sample, but is {MaxBatch}.");
        if (MaxQueue < 1) throw new ArgumentException($"{nameof(MaxQueue)} must be at least 1 request, but is {MaxQueue}.");
        if (ConcurrentModels < 1) throw new ArgumentException($"{nameof(ConcurrentModels)} must be at least 1, but is {ConcurrentModels}.");
        if (MaxDelay < TimeSpan.Zero || MaxWait <= TimeSpan.Zero || MaxDelay > MaxWait) throw new ArgumentException($"{nameof(MaxDelay)} ({MaxDelay}) must be from 0 to {nameof(MaxWait)} ({MaxWait}), which must be above 0.");
    }
}
