using System.Text.Json;

namespace OnnxPipeline.Pipeline.Store;

/// <summary>
/// Artifacts by key, in a folder that any number of processes share:
/// <code>
/// stages/KEY/      a published artifact: the stage's files and manifest.json
/// staging/KEY/     the output of a stage that is running; what a killed one left is removed by the next
/// work/KEY/        what a stage keeps across kills, such as checkpoints; removed when its artifact is published
/// locks/KEY.lock   held by the process that makes the artifact
/// verified/KEY.json  when large files were last hashed
/// </code>
/// </summary>
internal sealed class ArtifactStore(string root, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly ArtifactVerifier _verifier = new(Path.Combine(root, "verified"), time ?? TimeProvider.System);

    /// <summary>The store's name below the artifacts folder.</summary>
    public const string FolderName = "store";

    public string Root { get; } = root;

    private string Stages => Path.Combine(Root, "stages");

    private string Staging => Path.Combine(Root, "staging");

    private string Work => Path.Combine(Root, "work");

    /// <summary>Keys of all published artifacts, intact or not.</summary>
    public IEnumerable<ArtifactKey> Keys => KeyedFolders(Stages).Where(f => f.Folder == StageFolder(f.Key)).Select(f => f.Key);

    /// <summary>The artifact of a key, if every file of it is there and right.</summary>
    /// <param name="key">Which artifact.</param>
    /// <param name="thorough">Hashes every file, whatever was recorded before.</param>
    public Lookup Find(ArtifactKey key, bool thorough = false)
    {
        try
        {
            return Examine(key, thorough);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return new Lookup(null, "another process replaced or removed it while it was examined");
        }
    }

    /// <summary>What is recorded of an artifact, without looking at its files; null when there is no readable record.</summary>
    public ArtifactManifest? ReadManifest(ArtifactKey key)
    {
        var path = Path.Combine(StageFolder(key), ArtifactManifest.FileName);
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), StoreJson.Default.ArtifactManifest);
        }
        catch (JsonException)
        {
            return null; // The caller says that it is damaged, and of which artifact.
        }
    }

    /// <summary>Takes the right to make an artifact, waiting for another process that has it.</summary>
    /// <param name="key">Which artifact.</param>
    /// <param name="waiting">Told once, if there is a wait, for whom.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="StoreException">The store cannot be written to.</exception>
    public FileLock Lock(ArtifactKey key, Action<string> waiting, CancellationToken cancellation) =>
        Guard(() => FileLock.Take(LockFile(key), _time, waiting, cancellation));

    /// <summary>Begins to make an artifact; the caller holds its lock.</summary>
    /// <param name="key">Which artifact.</param>
    /// <param name="fresh">Drops what an earlier, unfinished attempt kept in its work folder.</param>
    /// <exception cref="StoreException">The store cannot be written to.</exception>
    public ArtifactWriter Begin(ArtifactKey key, bool fresh = false) => Guard(() =>
    {
        var writer = new ArtifactWriter(key, StageFolder(key), Path.Combine(Staging, key.ToString()), Path.Combine(Work, key.ToString()), _time);
        writer.Prepare(fresh);
        return writer;
    });

    /// <summary>Publishes what a writer's output folder holds, in one step.</summary>
    /// <exception cref="StoreException">The store cannot be written to, or the output is not storable.</exception>
    public Artifact Publish(ArtifactWriter writer, StageIdentity identity, TimeSpan duration) => Guard(() =>
    {
        _verifier.Forget(writer.Key);
        return writer.Publish(identity, duration);
    });

    /// <summary>Publishes, in one step, what another store made: the output folder holds the manifest's files, hashed and flushed as they came.</summary>
    /// <exception cref="StoreException">The store cannot be written to.</exception>
    public Artifact Publish(ArtifactWriter writer, ArtifactManifest manifest) => Guard(() =>
    {
        _verifier.Forget(writer.Key);
        return writer.Publish(manifest);
    });

    /// <summary>Notes that an artifact was used, so that gc spares it.</summary>
    public void Touch(Artifact artifact)
    {
        try
        {
            File.SetLastWriteTimeUtc(Path.Combine(artifact.Folder, ArtifactManifest.FileName), _time.GetUtcNow().UtcDateTime);
        }
        catch (Exception exception) when (StoreException.Explain(exception, Root) is not null)
        {
            // A read-only store can still be read from; nothing collects garbage there.
        }
    }

    /// <summary>When an artifact was last made or used.</summary>
    public DateTimeOffset LastUsed(ArtifactKey key) => File.GetLastWriteTimeUtc(Path.Combine(StageFolder(key), ArtifactManifest.FileName));

    /// <summary>Removes an artifact, unless it is being made at this moment; whether it did.</summary>
    /// <exception cref="StoreException">The store cannot be written to.</exception>
    public bool Remove(ArtifactKey key) => Guard(() =>
    {
        using var held = FileLock.TryTake(LockFile(key), _time);
        if (held is null) return false;
        _verifier.Forget(key);
        Directory.Delete(ArtifactWriter.MoveAside(StageFolder(key), Staging), recursive: true);
        return true;
    });

    /// <summary>Removes what killed processes left in the staging folder; a live process holds the lock of what it makes.</summary>
    /// <exception cref="StoreException">The store cannot be written to.</exception>
    public void RemoveLeftovers() => Guard(() => RemoveUnlocked(Staging, _ => true));

    /// <summary>Removes the work folders of unfinished stages that nobody has taken up again for a time; how many.</summary>
    /// <exception cref="StoreException">The store cannot be written to.</exception>
    public int RemoveStaleWork(TimeSpan age) => Guard(() => RemoveUnlocked(Work, folder => LastChange(folder) < _time.GetUtcNow() - age));

    private Lookup Examine(ArtifactKey key, bool thorough)
    {
        var folder = StageFolder(key);
        if (!Directory.Exists(folder)) return default;
        if (ReadManifest(key) is not { } manifest) return new Lookup(null, $"its {ArtifactManifest.FileName} is missing or does not read");
        if (ManifestCheck.Fault(manifest, key) is { } fault) return new Lookup(null, $"its {ArtifactManifest.FileName} {fault}");
        if (_verifier.FindDamage(key, folder, manifest, thorough) is { } damage) return new Lookup(null, damage);
        return new Lookup(new Artifact(key, folder, manifest), null);
    }

    private int RemoveUnlocked(string parent, Func<string, bool> condition)
    {
        var removed = 0;
        foreach (var (folder, key) in KeyedFolders(parent).ToArray())
        {
            using var held = FileLock.TryTake(LockFile(key), _time);
            // Its owner may have published it, and let go, since the folder was listed.
            if (held is null || !Directory.Exists(folder) || !condition(folder)) continue;
            Directory.Delete(folder, recursive: true);
            removed++;
        }
        return removed;
    }

    private static DateTimeOffset LastChange(string folder) =>
        new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Select(f => f.LastWriteTimeUtc).Append(Directory.GetLastWriteTimeUtc(folder)).Max();

    private string StageFolder(ArtifactKey key) => Path.Combine(Stages, key.ToString());

    private string LockFile(ArtifactKey key) => Path.Combine(Root, "locks", $"{key}.lock");

    /// <summary>Folders named by a key, perhaps with a suffix after a dot.</summary>
    private static IEnumerable<(string Folder, ArtifactKey Key)> KeyedFolders(string parent)
    {
        if (!Directory.Exists(parent)) yield break;
        foreach (var folder in Directory.EnumerateDirectories(parent))
            if (ArtifactKey.TryParse(Path.GetFileName(folder).Split('.')[0], out var key)) yield return (folder, key);
    }

    private T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is not StoreException && StoreException.Explain(exception, Root) is { } explained)
        {
            throw explained;
        }
    }
}
