using System.Diagnostics;
using OnnxPipeline.Inference.Server.Metrics;

namespace OnnxPipeline.Inference.Server.Batching;

/// <summary>Work that shares its run with nothing.</summary>
internal sealed class SoloWork<T>(Func<T> run, int samples, ModelStatistics statistics) : Work
{
    private T? _result;

    public override int Samples => samples;

    /// <summary>What it gave, once it is complete.</summary>
    public T Result => _result!;

    public override bool JoinsWith(Work other) => false;

    public override void Run(IReadOnlyList<Work> batch)
    {
        var start = Stopwatch.GetTimestamp();
        _result = run();
        statistics.Executed(samples, TimeSpan.Zero, Stopwatch.GetElapsedTime(start));
    }
}
