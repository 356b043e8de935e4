using System.Text.Json.Serialization;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>Why a stage runs, or need not.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReasonKind>))]
internal enum ReasonKind
{
    [JsonStringEnumMemberName("cached")]
    Cached,

    [JsonStringEnumMemberName("first-time")]
    FirstTime,

    [JsonStringEnumMemberName("changed")]
    Changed,

    [JsonStringEnumMemberName("missing")]
    Missing,

    [JsonStringEnumMemberName("damaged")]
    Damaged,

    [JsonStringEnumMemberName("forced")]
    Forced,

    /// <summary>Only in a plan: an input has to be made first, and its content decides.</summary>
    [JsonStringEnumMemberName("input-first")]
    InputFirst,
}

/// <summary>Why a stage runs, or need not, for a program and for a person.</summary>
internal sealed record StageReason(ReasonKind Kind, string Text);
