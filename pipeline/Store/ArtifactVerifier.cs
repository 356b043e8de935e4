using System.Text.Json;

namespace OnnxPipeline.Pipeline.Store;

/// <summary>A file as it was when its hash was last found right.</summary>
internal sealed record VerifiedFile(string Path, long Size, DateTime Modified);

/// <summary>When an artifact was last hashed, and how its large files looked then.</summary>
internal sealed record VerificationRecord(DateTime At, IReadOnlyList<VerifiedFile> Files);

/// <summary>
/// Tells whether an artifact's files are what its manifest says. Files below 16 MiB are hashed each time. A larger one is
/// trusted without hashing when its size and modification time are those of a recorded verification, so that a cached run
/// over gigabytes takes no time; a change that also restores the time is found by a thorough check (cache verify).
/// </summary>
internal sealed class ArtifactVerifier(string recordFolder, TimeProvider time)
{
    private const long LargeFile = 16 << 20;

    /// <summary>A file changed so shortly before its verification might change again within the clock's resolution.</summary>
    private static readonly TimeSpan ClockSlack = TimeSpan.FromSeconds(2);

    /// <summary>What is wrong, naming the file; null when nothing is.</summary>
    public string? FindDamage(ArtifactKey key, string folder, ArtifactManifest manifest, bool thorough)
    {
        var record = thorough ? null : ReadRecord(key);
        var hashedLarge = false;
        foreach (var file in manifest.Files)
        {
            var info = new FileInfo(Path.Combine(folder, file.Path));
            if (!info.Exists) return $"the file '{file.Path}' is missing";
            if (info.Length != file.Size) return $"the file '{file.Path}' has {info.Length} bytes, not {file.Size}";
            if (IsTrusted(record, file, info)) continue;
            hashedLarge |= file.Size >= LargeFile;
            if (FileHasher.Hash(info.FullName) is var hash && hash != file.Sha256) return $"the file '{file.Path}' has the SHA-256 {hash[..12]}…, not {file.Sha256[..12]}…";
        }
        if (hashedLarge) WriteRecord(key, folder, manifest);
        return null;
    }

    /// <summary>Drops what was recorded, because the artifact is about to be another one.</summary>
    public void Forget(ArtifactKey key)
    {
        if (Directory.Exists(recordFolder)) File.Delete(RecordFile(key));
    }

    private static bool IsTrusted(VerificationRecord? record, ArtifactFile file, FileInfo info) =>
        file.Size >= LargeFile
        && record?.Files.FirstOrDefault(f => f.Path == file.Path) is { } known
        && known.Size == info.Length
        && known.Modified == info.LastWriteTimeUtc
        && known.Modified + ClockSlack < record.At;

    private VerificationRecord? ReadRecord(ArtifactKey key)
    {
        if (Durable.TryReadAllText(RecordFile(key)) is not { } text) return null;
        try
        {
            return JsonSerializer.Deserialize(text, StoreJson.Default.VerificationRecord);
        }
        catch (JsonException)
        {
            return null; // An unreadable record only costs the time to hash again.
        }
    }

    private void WriteRecord(ArtifactKey key, string folder, ArtifactManifest manifest)
    {
        var files = manifest.Files.Where(f => f.Size >= LargeFile).Select(f => new VerifiedFile(f.Path, f.Size, File.GetLastWriteTimeUtc(Path.Combine(folder, f.Path))));
        var record = new VerificationRecord(time.GetUtcNow().UtcDateTime, [.. files]);
        try
        {
            Directory.CreateDirectory(recordFolder);
            Durable.WriteAllText(RecordFile(key), JsonSerializer.Serialize(record, StoreJson.Default.VerificationRecord), flush: false);
        }
        catch (Exception exception) when (StoreException.Explain(exception, recordFolder) is not null)
        {
            // A store that is full or read-only can still be read from; it is only hashed again next time.
        }
    }

    private string RecordFile(ArtifactKey key) => Path.Combine(recordFolder, $"{key}.json");
}
