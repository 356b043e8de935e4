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

    /// <summary>Not here, but in the remote store.</summary>
    [JsonStringEnumMemberName("remote")]
    Remote,

    /// <summary>Only in a plan: an input has to be made first, and its content decides.</summary>
    [JsonStringEnumMemberName("input-first")]
    InputFirst,
}

/// <summary>Why a stage runs, or need not, for a program and for a person.</summary>
internal sealed record StageReason(ReasonKind Kind, string Text)
{
    /// <summary>So many differences a line can tell.</summary>
    private const int Told = 4;

    /// <summary>Every difference from what it is compared with, each in words; the text tells the first of many.</summary>
    public IReadOnlyList<string> Differences { get; init; } = [];

    /// <summary>What changed since the recipe's last run.</summary>
    public static StageReason Changed(IReadOnlyList<string> differences) => new(ReasonKind.Changed, Tell(differences)) { Differences = differences };

    /// <summary>What sets it apart from the closest artifact there is, which may be of quite another recipe.</summary>
    public static StageReason Unlike(IReadOnlyList<string> differences, string closest) => new(ReasonKind.Changed, differences.Count <= Told
        ? $"{Tell(differences)} (against the closest artifact in the store, {closest})"
        : $"nothing like it in the store; the closest artifact, {closest}, differs in {differences.Count} ways") { Differences = differences };

    /// <summary>Equal identities under different keys mean that another version of this tool computed one of them.</summary>
    private static string Tell(IReadOnlyList<string> differences) => differences.Count switch
    {
        0 => "the tool computes keys in another way now",
        <= Told => string.Join("; ", differences),
        _ => $"{string.Join("; ", differences.Take(Told - 1))}; and {differences.Count - Told + 1} more, which --json lists",
    };
}
