using System.Text.Json;
using OnnxPipeline.Pipeline.Recipes;

namespace OnnxPipeline.Pipeline.Store;

/// <summary>All that decides what a stage makes. Its hash is the key of the stage's artifact; nothing else goes into it.</summary>
internal sealed record StageIdentity
{
    public required string Stage { get; init; }

    /// <summary>Changes whenever the stage's code makes something else from the same options and inputs.</summary>
    public required string CodeVersion { get; init; }

    /// <summary>The stage's options in canonical form.</summary>
    public required JsonElement Options { get; init; }

    /// <summary>Content hashes of the input artifacts, by the name of the stage that made them.</summary>
    public required IReadOnlyDictionary<string, string> Inputs { get; init; }

    /// <summary>Engine and version, for example "ort 1.29.0"; null where none is used.</summary>
    public string? Engine { get; init; }

    /// <summary>For example "cpu" or "cuda"; null where no device is used.</summary>
    public string? DeviceKind { get; init; }

    public ArtifactKey ComputeKey() => ArtifactKey.Parse(CanonicalJson.Hash(new Dictionary<string, object?>
    {
        ["stage"] = Stage,
        ["codeVersion"] = CodeVersion,
        ["options"] = Options,
        ["inputs"] = Inputs,
        ["engine"] = Engine,
        ["deviceKind"] = DeviceKind,
    }));
}
