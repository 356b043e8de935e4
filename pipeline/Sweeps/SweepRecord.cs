using System.Text.Json.Serialization;
using OnnxPipeline.Training.Loop;

namespace OnnxPipeline.Pipeline.Sweeps;

/// <summary>A sweep: one recipe, run again and again with other options.</summary>
internal sealed record SweepRecord
{
    public required string Id { get; init; }

    /// <summary>The recipe's name.</summary>
    public required string Recipe { get; init; }

    /// <summary>What the trials are ranked by, for example "validation.accuracy".</summary>
    public required string Metric { get; init; }

    public required bool HigherIsBetter { get; init; }

    /// <summary>The options that vary, by path, for example "train.optimizer.learningRate".</summary>
    public required IReadOnlyList<string> Parameters { get; init; }

    /// <summary>By trial number.</summary>
    public required IReadOnlyList<TrialRecord> Trials { get; init; }
}

/// <summary>One run of a sweep.</summary>
internal sealed record TrialRecord
{
    public required int Number { get; init; }

    /// <summary>The value of each option that varies, by path, as a recipe writes it.</summary>
    public required IReadOnlyDictionary<string, string> Values { get; init; }

    /// <summary>The run's seed: trials of the same values with several seeds give the spread of the result.</summary>
    public ulong Seed { get; init; }

    /// <summary>The epochs it was given; null where the sweep does not halve.</summary>
    public int? Budget { get; init; }

    public required TrialStatus Status { get; init; }

    /// <summary>The run's folder name in the history; null where it did not finish.</summary>
    public string? RunId { get; init; }

    /// <summary>The run's figures by name; empty where it did not finish.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new SortedDictionary<string, double>(StringComparer.Ordinal);

    public IReadOnlyList<EpochMetrics> Epochs { get; init; } = [];

    /// <summary>Why it failed or was stopped; null when it is done.</summary>
    public string? Reason { get; init; }

    public double Seconds { get; init; }

    /// <summary>A trial's values in a line, for people; its seed too where several are tried.</summary>
    public static string Text(IReadOnlyDictionary<string, string> values, ulong? seed) =>
        string.Join(' ', [.. values.Select(v => $"{v.Key}={v.Value}"), .. seed is null ? Array.Empty<string>() : [$"seed={seed}"]]);
}

[JsonConverter(typeof(JsonStringEnumConverter<TrialStatus>))]
internal enum TrialStatus
{
    [JsonStringEnumMemberName("done")]
    Done,

    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>Given up before its last epoch because others were better.</summary>
    [JsonStringEnumMemberName("stopped")]
    Stopped,
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SweepRecord))]
internal sealed partial class SweepJson : JsonSerializerContext;
