namespace OnnxPipeline.Datasets.Sources;

/// <summary>A server answered with something else than the file.</summary>
internal sealed class TransferException(string message, bool permanent, TimeSpan? retryAfter = null) : Exception(message)
{
    /// <summary>True when the same request would fail again.</summary>
    public bool Permanent => permanent;

    /// <summary>How long the server wishes to be left alone.</summary>
    public TimeSpan? RetryAfter => retryAfter;
}
