namespace OnnxPipeline.Inference.Server.Metrics;

/// <summary>How often something happened, and how long it took in all.</summary>
internal readonly record struct DurationTotal(long Count, TimeSpan Total)
{
    public DurationTotal Plus(TimeSpan duration, long count = 1) => new(Count + count, Total + duration);
}
