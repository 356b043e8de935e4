namespace OnnxPipeline.Pipeline.Store.Remote;

/// <summary>
/// Where things are in a remote store; nothing is ever listed:
/// <code>
/// blobs/sha256/ab/abcdef…   the content of a file, once for all artifacts that have it
/// stages/KEY.json           an artifact's manifest; put last, so that what it names is there
/// runs/ID/run.json          a run's record; put after its artifacts
/// latest.json               the record of the last run pushed that was the recipe's own
/// </code>
/// </summary>
internal static class RemoteLayout
{
    public const string Latest = "latest.json";

    public static string Blob(string sha256) => $"blobs/sha256/{sha256[..2]}/{sha256}";

    public static string Manifest(ArtifactKey key) => $"stages/{key}.json";

    public static string Run(string id) => $"runs/{id}/run.json";

    /// <summary>A path as an address has it: every byte but those that RFC 3986 leaves alone is escaped.</summary>
    public static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
