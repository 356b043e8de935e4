using System.Globalization;
using OnnxPipeline.Inference.Server.Metrics;
using OnnxPipeline.Inference.Server.Models;

namespace OnnxPipeline.Inference.Server.Protocol;

internal sealed record DurationResponse(long Count, long Ns)
{
    public static DurationResponse Of(DurationTotal total) => new(total.Count, (long)total.Total.TotalNanoseconds);
}

/// <summary>Requests that succeeded and failed, and what they spent their time on.</summary>
internal sealed record InferStatistics(DurationResponse Success, DurationResponse Fail, DurationResponse Queue, DurationResponse ComputeInput, DurationResponse ComputeInfer, DurationResponse ComputeOutput);

/// <summary>Runs of one batch size.</summary>
internal sealed record BatchStatistics(int BatchSize, DurationResponse ComputeInput, DurationResponse ComputeInfer);

/// <summary>One version's numbers; the last inference is in milliseconds since 1970, 0 for none.</summary>
internal sealed record VersionStatistics(string Name, string Version, long LastInference, long InferenceCount, long ExecutionCount, InferStatistics InferenceStats, IReadOnlyList<BatchStatistics> BatchStats)
{
    public static VersionStatistics Of(ServedVersion version) => version.Statistics.Read(now => new VersionStatistics(
        version.Source.Name,
        version.Source.Version.ToString(CultureInfo.InvariantCulture),
        now.Last?.ToUnixTimeMilliseconds() ?? 0,
        now.Inferences,
        now.Infer.Count,
        new InferStatistics(DurationResponse.Of(now.Success), DurationResponse.Of(now.Fail), DurationResponse.Of(now.Queue), DurationResponse.Of(now.Input), DurationResponse.Of(now.Infer), DurationResponse.Of(now.Output)),
        [.. now.Batches.Select(batch => new BatchStatistics(batch.Key, DurationResponse.Of(batch.Value.Input), DurationResponse.Of(batch.Value.Infer)))]));
}

/// <summary>What became of requests. Source: Triton's statistics extension.</summary>
internal sealed record StatisticsResponse(IReadOnlyList<VersionStatistics> ModelStats)
{
    public static StatisticsResponse Of(IEnumerable<ServedVersion> versions) => new([.. versions.Select(VersionStatistics.Of)]);
}
