using System.Text.Json.Serialization;

namespace OnnxPipeline.Pipeline.Orchestration;

[JsonConverter(typeof(JsonStringEnumConverter<TransferState>))]
internal enum TransferState
{
    [JsonStringEnumMemberName("moved")]
    Moved,

    /// <summary>It was where it was to go.</summary>
    [JsonStringEnumMemberName("present")]
    Present,

    /// <summary>It is not where it was to be taken from.</summary>
    [JsonStringEnumMemberName("missing")]
    Missing,

    /// <summary>The two sides have different contents under its key.</summary>
    [JsonStringEnumMemberName("differs")]
    Differs,

    /// <summary>Where it was to be taken from, it is not what it should be.</summary>
    [JsonStringEnumMemberName("damaged")]
    Damaged,
}

/// <summary>What became of an artifact that was to be pushed or pulled.</summary>
/// <param name="Key">The artifact.</param>
/// <param name="Stage">The stage that made it; null where that is not known.</param>
/// <param name="State">Whether it is there now.</param>
/// <param name="Files">Files that were moved.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Problem">Why it is not there; null where it is.</param>
internal sealed record ArtifactTransfer(string Key, string? Stage, TransferState State, int Files = 0, long Bytes = 0, string? Problem = null)
{
    [JsonIgnore]
    public bool IsThere => State is TransferState.Moved or TransferState.Present;
}
