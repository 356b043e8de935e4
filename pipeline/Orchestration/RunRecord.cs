using System.Text.Json;
using System.Text.Json.Serialization;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Orchestration;

[JsonConverter(typeof(JsonStringEnumConverter<RunStatus>))]
internal enum RunStatus
{
    /// <summary>Running at this moment, or killed.</summary>
    [JsonStringEnumMemberName("unfinished")]
    Unfinished,

    [JsonStringEnumMemberName("finished")]
    Finished,

    [JsonStringEnumMemberName("failed")]
    Failed,

    [JsonStringEnumMemberName("interrupted")]
    Interrupted,
}

/// <summary>What a run did: its "run.json". Each stage's identity names the hashes of its inputs, so this is the lineage too.</summary>
internal sealed record RunRecord
{
    public required string Id { get; init; }

    /// <summary>The recipe's name.</summary>
    public required string Recipe { get; init; }

    /// <summary>SHA-256 of the recipe's canonical form.</summary>
    public required string RecipeHash { get; init; }

    public required ulong Seed { get; init; }

    public required string ToolVersion { get; init; }

    public required DateTimeOffset Started { get; init; }

    public DateTimeOffset? Ended { get; init; }

    public required RunStatus Status { get; init; }

    /// <summary>The stage after which the run was asked to stop; null for a whole recipe.</summary>
    public string? Until { get; init; }

    /// <summary>What the run was for where it was not the recipe's own, for example a sweep's trial; it never became artifacts/latest.</summary>
    public string? Aside { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>Finished stages, in the order they ran.</summary>
    public IReadOnlyList<StageRecord> Stages { get; init; } = [];

    /// <summary>Every number in the run's metrics.json, by its path, for example "test.accuracy".</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>The whole recipe in canonical form.</summary>
    public required JsonElement Options { get; init; }
}

/// <summary>What a run did in one stage.</summary>
internal sealed record StageRecord
{
    public required string Name { get; init; }

    public required string Key { get; init; }

    /// <summary>The content hash of the artifact.</summary>
    public required string Hash { get; init; }

    public required bool Cached { get; init; }

    /// <summary>What this run spent on it.</summary>
    public required double Seconds { get; init; }

    public required StageReason Reason { get; init; }

    public required StageIdentity Identity { get; init; }

    /// <summary>Which of its files a person finds in artifacts/latest, so that another machine can bring them there too.</summary>
    public IReadOnlyList<ShownFile> Shown { get; init; } = [];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunRecord))]
internal sealed partial class RunJson : JsonSerializerContext;
