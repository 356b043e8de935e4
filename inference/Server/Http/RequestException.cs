namespace OnnxPipeline.Inference.Server.Http;

/// <summary>A request that cannot be answered: the HTTP status and what is wrong with it.</summary>
internal sealed class RequestException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>When to try again; null where that would not help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static RequestException BadRequest(string message) => new(400, message);
}
