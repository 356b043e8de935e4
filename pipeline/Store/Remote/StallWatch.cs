namespace OnnxPipeline.Pipeline.Store.Remote;

/// <summary>Ends a transfer when nothing moves for a time.</summary>
internal sealed class StallWatch : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly TimeSpan _patience;

    public StallWatch(TimeSpan patience, CancellationToken cancellation)
    {
        _patience = patience;
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Renew();
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Something moved.</summary>
    public void Renew() => _source.CancelAfter(_patience);

    public void Dispose() => _source.Dispose();
}
