namespace OnnxPipeline.Datasets;

/// <summary>The batches of an epoch, for foreach. Not an IEnumerable: batches are valid one at a time, so collecting them would be a mistake.</summary>
public readonly record struct BatchEnumerable
{
    private readonly BatchLoader _loader;
    private readonly int _epoch;
    private readonly int _firstStep;

    internal BatchEnumerable(BatchLoader loader, int epoch, int firstStep) => (_loader, _epoch, _firstStep) = (loader, epoch, firstStep);

    /// <exception cref="InvalidOperationException">Another epoch of the loader is under way.</exception>
    public BatchEnumerator GetEnumerator()
    {
        _loader.Start(_epoch, _firstStep);
        return new BatchEnumerator(_loader);
    }
}

/// <summary>Walks an epoch. Its state is the loader's, so that it can be a struct and a step allocates nothing.</summary>
public record struct BatchEnumerator : IDisposable
{
    private readonly BatchLoader _loader;

    internal BatchEnumerator(BatchLoader loader) => _loader = loader;

    /// <summary>The batch that <see cref="MoveNext"/> reached, valid until it is called again.</summary>
    public Batch Current { get; private set; } = null!;

    /// <exception cref="Exception">Whatever went wrong while the batch was assembled in the background.</exception>
    public bool MoveNext()
    {
        if (_loader.Next() is not { } batch) return false;
        Current = batch;
        return true;
    }

    /// <summary>Ends the epoch, wherever it is; leaving a foreach early does this.</summary>
    public readonly void Dispose() => _loader.Finish();
}
