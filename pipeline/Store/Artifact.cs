namespace OnnxPipeline.Pipeline.Store;

/// <summary>A published artifact.</summary>
internal sealed record Artifact(ArtifactKey Key, string Folder, ArtifactManifest Manifest)
{
    public string Hash => Manifest.Hash;
}

/// <summary>What the store has under a key: an intact artifact, a damaged one (and how), or neither.</summary>
internal readonly record struct Lookup(Artifact? Artifact, string? Damage);
