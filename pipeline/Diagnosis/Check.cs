using System.Text.Json.Serialization;

namespace OnnxPipeline.Pipeline.Diagnosis;

[JsonConverter(typeof(JsonStringEnumConverter<CheckState>))]
internal enum CheckState
{
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>Not there, and nothing that the default recipe needs.</summary>
    [JsonStringEnumMemberName("absent")]
    Absent,

    /// <summary>Not there or not working, so that the default recipe cannot run.</summary>
    [JsonStringEnumMemberName("missing")]
    Missing,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">For example "onnx runtime".</param>
/// <param name="State">Whether it is there, and whether it matters.</param>
/// <param name="Found">What was found.</param>
/// <param name="Remedy">The command that brings what is not there; null where nothing is to be done.</param>
internal sealed record Check(string Name, CheckState State, string Found, string? Remedy = null);
