using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace OnnxPipeline.Pipeline.Store;

/// <summary>One file of an artifact.</summary>
/// <param name="Path">Relative to the artifact's folder, with '/'.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Of the content, in lower-case hexadecimal.</param>
internal sealed record ArtifactFile(string Path, long Size, string Sha256);

/// <summary>What an artifact is and how it came to be: the "manifest.json" in its folder.</summary>
internal sealed record ArtifactManifest
{
    public const string FileName = "manifest.json";

    /// <summary>
    /// A file that a stage may leave beside its result: what it measured of its own work, such as times. It is no part of the
    /// content, so it is neither listed nor hashed, and two runs that make the same make the same artifact.
    /// </summary>
    public const string MeasuredFileName = "measured.json";

    public required StageIdentity Identity { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>How long the stage took.</summary>
    public required double Seconds { get; init; }

    /// <summary>Every file but the manifest and what was measured, by path.</summary>
    public required IReadOnlyList<ArtifactFile> Files { get; init; }

    /// <summary>The content hash: over the files' paths, sizes and hashes, so neither times nor options are in it.</summary>
    public required string Hash { get; init; }

    [JsonIgnore]
    public long Bytes => Files.Sum(f => f.Size);

    public static string HashOf(IEnumerable<ArtifactFile> files)
    {
        var lines = files.OrderBy(f => f.Path, StringComparer.Ordinal).Select(f => $"{f.Path}\0{f.Size}\0{f.Sha256}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))));
    }
}
