using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OnnxPipeline.Pipeline.Store.Claims;

[JsonConverter(typeof(JsonStringEnumConverter<ClaimState>))]
internal enum ClaimState
{
    [JsonStringEnumMemberName("held")]
    Held,

    /// <summary>Given up by its owner; it never is held again.</summary>
    [JsonStringEnumMemberName("free")]
    Free,
}

/// <summary>What is in a claim's file. Its text never gets shorter: the states have names of one length, and the beats only grow.</summary>
/// <param name="Token">Tells this claim from all others of its owner.</param>
/// <param name="Owner">Who took it.</param>
/// <param name="Since">When, by the owner's clock: for people only.</param>
/// <param name="State">Whether it still is held.</param>
/// <param name="Beat">Grows as long as the owner lives.</param>
internal sealed record ClaimRecord(string Token, ClaimOwner Owner, DateTimeOffset Since, ClaimState State, long Beat)
{
    /// <summary>The record of a text; null if it is none, because its writer has not got further or never will.</summary>
    public static ClaimRecord? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, StoreJson.Default.ClaimRecord) is { Owner: not null } record ? record : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public string ToText() => JsonSerializer.Serialize(this, StoreJson.Default.ClaimRecord);

    /// <summary>For example "process 17 on node3, since 2025-03-01 12:00:00Z".</summary>
    public string Describe() => string.Create(CultureInfo.InvariantCulture, $"process {Owner.Process} on {Owner.Host}, since {Since.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z");
}
