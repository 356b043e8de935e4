using System.Diagnostics;
using OnnxPipeline.Inference.Server.Batching;
using OnnxPipeline.Inference.Server.Models;

namespace OnnxPipeline.Inference.Server.Tracing;

/// <summary>The spans of what a request waits for: its turn, and the run that it shares. They are told when they are over, so that nobody waits for a listener.</summary>
internal static class WorkSpans
{
    private const string ModelName = "model.name";
    private const string ModelVersion = "model.version";
    private const string BatchSize = "model.batch_size";

    /// <summary>Costs nothing where nobody listens.</summary>
    public static ActivitySource Source { get; } = new("OnnxPipeline.Inference.Server");

    /// <summary>Says on the request's span which model it is for.</summary>
    public static void Name(ServedModel model)
    {
        if (!Source.HasListeners() || Activity.Current is not { } request) return;
        request.SetTag(ModelName, model.Name);
        request.SetTag(ModelVersion, model.Version);
    }

    /// <summary>Tells of work that is over, or was taken out of the queue.</summary>
    public static void Tell(Work work)
    {
        if (!Source.HasListeners() || Activity.Current is not { } request) return;
        var now = Stopwatch.GetTimestamp();
        var started = work.Started > 0 ? work.Started : now;
        Add("queue", request, work.Queued, started, null);
        if (work.Started > 0) Add("compute", request, started, work.Ended, work.RunSamples);
    }

    private static void Add(string name, Activity request, long from, long to, int? samples)
    {
        using var span = Source.StartActivity(name, ActivityKind.Internal, request.Context, startTime: TimeOf(from));
        if (span is null) return;
        foreach (var tag in (string[])[ModelName, ModelVersion]) span.SetTag(tag, request.GetTagItem(tag));
        if (samples is not null) span.SetTag(BatchSize, samples);
        span.SetEndTime(TimeOf(to).UtcDateTime);
    }

    private static DateTimeOffset TimeOf(long timestamp) => DateTimeOffset.UtcNow - Stopwatch.GetElapsedTime(timestamp);
}
