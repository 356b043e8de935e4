using System.Text.Json;
using OnnxPipeline.Pipeline.Store.Claims;

namespace OnnxPipeline.Pipeline.Store;

/// <summary>
/// Artifacts by key, in a folder that any number of processes share, on as many machines as mount it:
/// <code>
/// stages/KEY/         a published artifact: the stage's files and manifest.json
/// staging/KEY.TOKEN/  the output of a stage that is running, or what was replaced; what a killed process left is removed by the next
/// work/KEY.TOKEN/     what a stage keeps across kills, such as checkpoints; removed when its artifact is published
/// claims/KEY/N        who makes the artifact
/// verified/KEY.json   when large files were last hashed
/// </code>
/// A claim saves double work. That nothing is ever half there, or of two makers, needs none: every maker fills folders of its own, and
/// one rename publishes. Of two who made the same, the later one drops its own and takes what is there.
/// </summary>
internal sealed class ArtifactStore(string root, TimeProvider? time = null, ClaimOptions? claims = null)
{
    /// <summary>Others may replace an artifact while it is looked at; it is hardly replaced a second time.</summary>
    private const int Looks = 2;

    private static readonly TimeSpan KeptClaims = TimeSpan.FromDays(1);
    private readonly ClaimOptions _claims = claims ?? ClaimOptions.Default;
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly ArtifactVerifier _verifier = new(Path.Combine(root, "verified"), time ?? TimeProvider.System);

    /// <summary>The store's name below the artifacts folder.</summary>
    public const string FolderName = "store";

    public string Root { get; } = root;

    private string Stages => Path.Combine(Root, "stages");

    private string Staging => Path.Combine(Root, "staging");

    private string Work => Path.Combine(Root, "work");

    private string ClaimFolders => Path.Combine(Root, "claims");

    /// <summary>Keys of all published artifacts, intact or not.</summary>
    public IEnumerable<ArtifactKey> Keys => KeyedFolders(Stages).Where(f => f.Folder == StageFolder(f.Key)).Select(f => f.Key);

    /// <summary>The artifact of a key, if every file of it is there and right.</summary>
    /// <param name="key">Which artifact.</param>
    /// <param name="thorough">Hashes every file, whatever was recorded before.</param>
    public Lookup Find(ArtifactKey key, bool thorough = false)
    {
        for (var look = 1; ; look++)
        {
            var found = Examine(key, thorough);
            if (found.Damage is null || look == Looks) return found;
        }
    }

    /// <summary>What is recorded of an artifact, without looking at its files; null when there is no readable record.</summary>
    public ArtifactManifest? ReadManifest(ArtifactKey key)
    {
        if (Durable.TryReadAllText(Path.Combine(StageFolder(key), ArtifactManifest.FileName)) is not { } text) return null;
        try
        {
            return JsonSerializer.Deserialize(text, StoreJson.Default.ArtifactManifest);
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
    public Claim Claim(ArtifactKey key, Action<string> waiting, CancellationToken cancellation) =>
        Guard(() => Claims.Claim.Take(ClaimFolder(key), _claims, _time, waiting, cancellation));

    /// <summary>Begins to make an artifact; the caller holds its claim.</summary>
    /// <param name="key">Which artifact.</param>
    /// <param name="fresh">Makes it anew: drops what an earlier, unfinished attempt kept in its work folder, and replaces an artifact that is there.</param>
    /// <param name="held">The claim, to take what owners before left, and surely nothing of a later one.</param>
    /// <exception cref="StoreException">The store cannot be written to.</exception>
    /// <exception cref="OperationCanceledException">The claim was lost.</exception>
    public ArtifactWriter Begin(ArtifactKey key, bool fresh = false, Claim? held = null) => Guard(() =>
    {
        // What is found before the claim is known to be held is not a later owner's. And should one take over right then, it
        // gives the work folder another name, so that it cannot be moved once more.
        var earlier = KeyedFolders(Work, key).ToArray();
        var leftovers = held is null ? [] : KeyedFolders(Staging, key).ToArray();
        if (held?.IsLost() == true) throw new OperationCanceledException("Another process has taken over.", held.Lost);
        var writer = new ArtifactWriter(key, StageFolder(key), Staging, Work, fresh, _time);
        foreach (var (folder, _) in leftovers) Durable.Discard(folder);
        writer.Prepare(earlier);
        return writer;
    });

    /// <summary>Publishes what a writer's output folder holds, in one step, unless another has published an intact artifact meanwhile: then it gives that.</summary>
    /// <exception cref="StoreException">The store cannot be written to, or the output is not storable.</exception>
    public Artifact Publish(ArtifactWriter writer, StageIdentity identity, TimeSpan duration) => Guard(() =>
    {
        _verifier.Forget(writer.Key);
        return writer.Publish(identity, duration, () => Find(writer.Key).Artifact);
    });

    /// <summary>Notes that an artifact was used, so that gc spares it.</summary>
    public void Touch(Artifact artifact)
    {
        try
        {
            File.SetLastWriteTimeUtc(Path.Combine(artifact.Folder, ArtifactManifest.FileName), _time.GetUtcNow().UtcDateTime);
        }
        catch (Exception exception) when (exception is IOException || StoreException.Explain(exception, Root) is not null)
        {
            // A read-only store can still be read from; nothing collects garbage there. And what another replaces is in use anyway.
        }
    }

    /// <summary>When an artifact was last made or used.</summary>
    public DateTimeOffset LastUsed(ArtifactKey key) => File.GetLastWriteTimeUtc(Path.Combine(StageFolder(key), ArtifactManifest.FileName));

    /// <summary>Removes an artifact, unless it is being made at this moment; whether it did.</summary>
    /// <exception cref="StoreException">The store cannot be written to.</exception>
    public bool Remove(ArtifactKey key) => Guard(() =>
    {
        using var held = TryClaim(key, out var free);
        if (!free) return false;
        _verifier.Forget(key);
        return ArtifactWriter.Discard(StageFolder(key), Staging);
    });

    /// <summary>Removes what killed processes left in the staging folder; a live process holds the claim of what it makes.</summary>
    /// <exception cref="StoreException">The store cannot be written to.</exception>
    public void RemoveLeftovers() => Guard(() => RemoveUnclaimed(Staging, _ => true));

    /// <summary>Removes the work folders of unfinished stages that nobody has taken up again for a time; how many.</summary>
    /// <exception cref="StoreException">The store cannot be written to.</exception>
    public int RemoveStaleWork(TimeSpan age) => Guard(() => RemoveUnclaimed(Work, folder => LastChange(folder) < _time.GetUtcNow() - age));

    /// <summary>
    /// Removes the claims that nobody has taken for a time, and the lock files of versions before claims. Numbers then begin anew, which
    /// could mislead only one who was stopped between looking at a claim and taking it; so the time is a day at least.
    /// </summary>
    /// <exception cref="StoreException">The store cannot be written to.</exception>
    public int RemoveStaleClaims(TimeSpan age) => Guard(() =>
    {
        Durable.Discard(Path.Combine(Root, "locks"));
        var latest = _time.GetUtcNow() - (age > KeptClaims ? age : KeptClaims);
        return RemoveUnclaimed(ClaimFolders, folder => LastChange(folder) < latest);
    });

    private Lookup Examine(ArtifactKey key, bool thorough)
    {
        try
        {
            return ExamineFolder(key, thorough);
        }
        catch (IOException exception) when (FileErrors.IsGone(exception))
        {
            return new Lookup(null, "another process replaced or removed it while it was examined");
        }
    }

    private Lookup ExamineFolder(ArtifactKey key, bool thorough)
    {
        var folder = StageFolder(key);
        if (!Directory.Exists(folder)) return default;
        if (ReadManifest(key) is not { } manifest) return new Lookup(null, $"its {ArtifactManifest.FileName} is missing or does not read");
        if (manifest.Identity.ComputeKey() != key) return new Lookup(null, $"its {ArtifactManifest.FileName} belongs to another key");
        if (ArtifactManifest.HashOf(manifest.Files) != manifest.Hash) return new Lookup(null, $"its {ArtifactManifest.FileName} was altered: the artifact hash does not fit the files");
        if (manifest.Files.FirstOrDefault(f => Path.IsPathRooted(f.Path) || f.Path.Split('/', '\\').Contains("..")) is { } outside) return new Lookup(null, $"its {ArtifactManifest.FileName} names a file outside the artifact: '{outside.Path}'");
        if (_verifier.FindDamage(key, folder, manifest, thorough) is { } damage) return new Lookup(null, damage);
        return new Lookup(new Artifact(key, folder, manifest), null);
    }

    private int RemoveUnclaimed(string parent, Func<string, bool> condition)
    {
        var removed = 0;
        // The condition comes first: a claim is a change to its folder.
        foreach (var (folder, key) in KeyedFolders(parent).Where(f => condition(f.Folder)).ToArray())
        {
            using var held = TryClaim(key, out var free);
            // Its owner may have published it, and let go, since the folder was listed.
            if (!free || !Directory.Exists(folder)) continue;
            if (parent == Staging) Durable.Discard(folder);
            else ArtifactWriter.Discard(folder, Staging);
            removed++;
        }
        return removed;
    }

    private static DateTimeOffset LastChange(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Select(f => f.LastWriteTimeUtc).Append(Directory.GetLastWriteTimeUtc(folder)).Max();
        }
        catch (IOException exception) when (FileErrors.IsGone(exception))
        {
            return DateTimeOffset.MaxValue; // It is changing at this moment.
        }
    }

    /// <summary>A claim, to remove something. A full disk has no room for one, and is why things are removed; then nobody makes anything there either.</summary>
    private Claim? TryClaim(ArtifactKey key, out bool free)
    {
        try
        {
            var held = Claims.Claim.TryTake(ClaimFolder(key), _claims, _time);
            free = held is not null;
            return held;
        }
        catch (IOException exception) when (StoreException.IsFull(exception))
        {
            free = true;
            return null;
        }
    }

    private string StageFolder(ArtifactKey key) => Path.Combine(Stages, key.ToString());

    private string ClaimFolder(ArtifactKey key) => Path.Combine(ClaimFolders, key.ToString());

    /// <summary>Folders named by a key, or by one key, perhaps with a suffix after a dot.</summary>
    private static IEnumerable<(string Folder, ArtifactKey Key)> KeyedFolders(string parent, ArtifactKey? only = null)
    {
        if (!Directory.Exists(parent)) yield break;
        foreach (var folder in Directory.EnumerateDirectories(parent, $"{only}*"))
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
