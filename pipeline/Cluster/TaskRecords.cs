using System.Text.Json.Serialization;
using OnnxPipeline.Pipeline.Orchestration;

namespace OnnxPipeline.Pipeline.Cluster;

/// <summary>How far a task is: the "progress.json" that it replaces while it runs.</summary>
internal sealed record TaskProgress
{
    public required string Node { get; init; }

    public required int Process { get; init; }

    /// <summary>How often it was started, this time included.</summary>
    public required int Start { get; init; }

    /// <summary>The stage that runs; empty where there is none yet.</summary>
    public string Stage { get; init; } = "";

    /// <summary>The key of what the stage makes; null before it is known, and where there are no stages.</summary>
    public string? Key { get; init; }

    /// <summary>Why the stage runs; null as long as the key.</summary>
    public StageReason? Reason { get; init; }

    /// <summary>Stages that are done.</summary>
    public int Stages { get; init; }

    /// <summary>Steps done of the stage, or images of the shard.</summary>
    public long Step { get; init; }

    /// <summary>Steps in all; 0 when unknown.</summary>
    public long Steps { get; init; }

    public string Unit { get; init; } = "";

    public string Text { get; init; } = "";

    /// <summary>Whether it stopped at its time limit or for a preemption, and waits to go on.</summary>
    public bool Interrupted { get; init; }

    [JsonIgnore]
    public ProgressFacts Facts => new(Step, Steps, Unit, Text);

    /// <summary>Whether a task that stands here got further than one that stood there.</summary>
    public bool IsBeyond(TaskProgress other) => (Stages, Step).CompareTo((other.Stages, other.Step)) > 0;
}

/// <summary>How a task ended: its "end.json", which is there once it is over.</summary>
/// <param name="Failed">Whether it failed for good.</param>
/// <param name="Reason">Why; null where it did not.</param>
/// <param name="Seconds">What the last attempt took.</param>
internal sealed record TaskEnd(bool Failed, string? Reason, double Seconds);
