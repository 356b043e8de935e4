namespace OnnxPipeline.Datasets.Sources;

/// <summary>How patient a download is, and what carries its requests.</summary>
internal sealed record DownloadPolicy
{
    /// <summary>Tries at one mirror that bring nothing new before the next mirror's turn.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>Wait before the second try; each further wait is twice as long.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Silence after which a connection counts as broken.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public Func<HttpMessageHandler> CreateHandler { get; init; } = () => new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(15) };

    /// <summary>The wait after <paramref name="failures"/> tries without progress; a server's own wish counts up to <see cref="MaxDelay"/>.</summary>
    public TimeSpan Delay(int failures, TimeSpan? retryAfter)
    {
        var backoff = FirstDelay * Math.Pow(2, failures - 1);
        var wished = retryAfter is { } wish && wish > backoff ? wish : backoff;
        return wished < MaxDelay ? wished : MaxDelay;
    }
}
