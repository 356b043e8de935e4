using System.Text.Json;
using System.Text.Json.Serialization;
using OnnxPipeline.Inference.Results;
using OnnxPipeline.Pipeline.Sweeps;

namespace OnnxPipeline.Pipeline.Cluster;

/// <summary>What was handed in to Slurm as one: the "job.json" in the job's folder.</summary>
internal sealed record JobRecord
{
    /// <summary>The folder's name, for example "20261122-204512-fashion-mnist".</summary>
    public required string Id { get; init; }

    public required JobKind Kind { get; init; }

    /// <summary>The recipe's or the model's name.</summary>
    public required string Title { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>What the job is to make; two jobs of the same content would do the same.</summary>
    public required string Content { get; init; }

    /// <summary>Its batches, in the order in which they run.</summary>
    public required IReadOnlyList<Batch> Batches { get; init; }

    public required SlurmOptions Slurm { get; init; }

    /// <summary>Where dataset files are taken from first; null for their official place.</summary>
    public string? DataMirror { get; init; }

    public SweepJobPlan? Sweep { get; init; }

    public RunJobPlan? Run { get; init; }

    public PredictJobPlan? Predict { get; init; }

    /// <summary>The IDs of everything that was handed in for it.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> SlurmIds => [.. Batches.SelectMany(b => b.Parts).Select(p => p.SlurmId)];
}

[JsonConverter(typeof(JsonStringEnumConverter<JobKind>))]
internal enum JobKind
{
    [JsonStringEnumMemberName("sweep")]
    Sweep,

    [JsonStringEnumMemberName("run")]
    Run,

    [JsonStringEnumMemberName("predict")]
    Predict,
}

/// <summary>Tasks that run side by side: the trials of a rung, the shards of a folder, or one stage.</summary>
/// <param name="Name">For example "rung-1" or "train".</param>
/// <param name="Tasks">How many; they count from 1.</param>
/// <param name="Parts">What was handed in for them.</param>
internal sealed record Batch(string Name, int Tasks, IReadOnlyList<BatchPart> Parts)
{
    /// <summary>The task's job and its number there.</summary>
    public (string SlurmId, int? Number) SlurmTask(int task)
    {
        var part = PartOf(task);
        return (part.SlurmId, part.IsArray ? task - part.First + 1 : null);
    }

    /// <summary>What a task was handed in with. Parts are as long as an array may be, but for the last, so that a follower of a million tasks need not search.</summary>
    public BatchPart PartOf(int task) => Parts.Count == 1 ? Parts[0] : Parts[(task - 1) / (Parts[1].First - 1)];
}

/// <summary>One submission: a cluster limits how long an array may be, so that a batch may need several.</summary>
/// <param name="SlurmId">The job's ID.</param>
/// <param name="First">The number of its first task in the batch.</param>
/// <param name="IsArray">Whether it is an array, whose tasks count from 1 again.</param>
internal sealed record BatchPart(string SlurmId, int First, bool IsArray);

/// <summary>The trials of a sweep, and how they are ranked.</summary>
internal sealed record SweepJobPlan
{
    public required string SweepId { get; init; }

    public string? Metric { get; init; }

    public bool? Minimize { get; init; }

    public required IReadOnlyList<string> Parameters { get; init; }

    /// <summary>Epochs by rung; a single one without epochs where nothing is halved.</summary>
    public required IReadOnlyList<RungPlan> Rungs { get; init; }

    /// <summary>Seeds of each combination.</summary>
    public required int Repeat { get; init; }
}

/// <param name="Combinations">Those that run in the rung.</param>
/// <param name="Epochs">What each trains for; null for the recipe's own.</param>
internal sealed record RungPlan(int Combinations, int? Epochs);

/// <summary>A combination of values. Who follows the job reads all of them, a task no more than its own trial.</summary>
/// <param name="Sets">The changes that make the recipe that of the combination, each as "path=value".</param>
/// <param name="Trials">The trials' records before they ran, one a seed.</param>
internal sealed record PointPlan(IReadOnlyList<string> Sets, IReadOnlyList<TrialRecord> Trials);

/// <param name="Until">The last stage; null for all.</param>
/// <param name="Force">Stages that run although they are cached.</param>
internal sealed record RunJobPlan(string? Until, IReadOnlyList<string> Force);

/// <param name="Arguments">What predict is given on a node, but for the shard and its file.</param>
/// <param name="Output">The file that the merged rows go to.</param>
/// <param name="Extension">That of the shards' files, for example ".csv".</param>
/// <param name="Low">How many of the least certain rows are listed.</param>
internal sealed record PredictJobPlan(IReadOnlyList<string> Arguments, string Output, string Extension, int Low);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobRecord))]
[JsonSerializable(typeof(IReadOnlyList<PointPlan>))]
[JsonSerializable(typeof(IReadOnlyList<int>))]
[JsonSerializable(typeof(TaskProgress))]
[JsonSerializable(typeof(TaskEnd))]
[JsonSerializable(typeof(ResultCounts))]
internal sealed partial class ClusterJson : JsonSerializerContext;
