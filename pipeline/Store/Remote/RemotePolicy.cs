namespace OnnxPipeline.Pipeline.Store.Remote;

/// <summary>How patient transfers are, how many go on at once, and what carries them.</summary>
internal sealed record RemotePolicy
{
    /// <summary>Tries of one request before it counts as failed.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>Wait before the second try; each further wait is twice as long, and up to a quarter longer by chance.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Silence, in either direction, after which a connection counts as broken.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Files on their way at once.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>Makes what carries requests.</summary>
    public Func<SocketsHttpHandler> CreateHandler { get; init; } = () => new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10) };

    /// <summary>The wait after so many failures; a server's own wish counts up to <see cref="MaxDelay"/>.</summary>
    public TimeSpan Delay(int failures, TimeSpan? wish)
    {
        var backoff = FirstDelay * Math.Pow(2, failures - 1) * (1 + (Random.Shared.NextDouble() / 4));
        var delay = wish > backoff ? wish.Value : backoff;
        return delay < MaxDelay ? delay : MaxDelay;
    }
}
