using System.Text.Json.Serialization;
using OnnxPipeline.Pipeline.Orchestration;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>A line of "status --json".</summary>
internal sealed record StatusLine(string Stage, string? Key, string? Hash, bool Cached, StageReason Reason);

/// <summary>"diff --json".</summary>
internal sealed record RunDifference(string From, string To, IReadOnlyList<OptionDifference> Options, IReadOnlyList<MetricDifference> Metrics);

/// <summary>A metric of two runs; null where a run lacks it.</summary>
internal sealed record MetricDifference(string Name, double? Old, double? New);

/// <summary>A line of "cache ls --json".</summary>
internal sealed record CacheLine(string Key, string Stage, string Hash, long Bytes, DateTimeOffset Created, DateTimeOffset LastUsed);

/// <summary>A line of "cache verify --json"; damage is null for an intact artifact.</summary>
internal sealed record VerifyLine(string Key, string? Stage, string? Damage);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(IReadOnlyList<StatusLine>))]
[JsonSerializable(typeof(IReadOnlyList<RunRecord>))]
[JsonSerializable(typeof(RunDifference))]
[JsonSerializable(typeof(IReadOnlyList<CacheLine>))]
[JsonSerializable(typeof(IReadOnlyList<VerifyLine>))]
internal sealed partial class CliJson : JsonSerializerContext;
