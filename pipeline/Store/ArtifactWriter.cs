using System.Text.Json;

namespace OnnxPipeline.Pipeline.Store;

/// <summary>An artifact in the making, in folders that no other maker uses. Disposed without being published, it leaves nothing but its work folder.</summary>
internal sealed class ArtifactWriter(ArtifactKey key, string target, string staging, string works, bool fresh, TimeProvider time) : IDisposable
{
    /// <summary>So often another may be quicker at a place; more often, and something in it cannot be moved.</summary>
    private const int MostTries = 10;

    public ArtifactKey Key { get; } = key;

    /// <summary>The folder to fill; empty at first.</summary>
    public string Output { get; } = Unique(staging, $"{key}");

    /// <summary>A folder that outlives a kill, until the artifact is published.</summary>
    public string Work { get; } = Unique(works, $"{key}");

    /// <summary>Makes the folders, and takes over what earlier attempts kept.</summary>
    /// <param name="earlier">Their work folders, with the artifact's key.</param>
    internal void Prepare(IEnumerable<(string Folder, ArtifactKey Key)> earlier)
    {
        Directory.CreateDirectory(Output);
        Directory.CreateDirectory(works);
        foreach (var (folder, _) in earlier.OrderByDescending(f => Directory.GetLastWriteTimeUtc(f.Folder)))
        {
            if (fresh || Directory.Exists(Work)) Discard(folder, staging);
            else TryMove(folder, Work);
        }
        CreateWork();
    }

    /// <summary>Hashes and flushes the output, describes it, and moves it to its place with one rename.</summary>
    /// <param name="identity">What decided it.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="present">Looks for an intact artifact in that place, which is taken instead.</param>
    internal Artifact Publish(StageIdentity identity, TimeSpan duration, Func<Artifact?> present)
    {
        var files = FileHasher.FlushAndHash(Output);
        return Publish(new ArtifactManifest
        {
            Identity = identity,
            Created = time.GetUtcNow(),
            Seconds = Math.Round(duration.TotalSeconds, 3),
            Files = files,
            Hash = ArtifactManifest.HashOf(files),
        }, present);
    }

    /// <summary>Moves an output that is on the disk already to its place, under a manifest that fits it.</summary>
    internal Artifact Publish(ArtifactManifest manifest, Func<Artifact?> present)
    {
        foreach (var folder in Directory.EnumerateDirectories(Output, "*", SearchOption.AllDirectories)) Durable.FlushFolder(folder);
        Durable.WriteAllText(Path.Combine(Output, ArtifactManifest.FileName), JsonSerializer.Serialize(manifest, StoreJson.Default.ArtifactManifest), flush: true);
        var artifact = Place(present) ?? new Artifact(Key, target, manifest);
        Discard(Work, staging);
        return artifact;
    }

    /// <summary>Takes a folder out of sight with one rename and deletes it; the next clean-up goes on with what cannot be deleted yet. Whether it is out of sight.</summary>
    internal static bool Discard(string folder, string staging)
    {
        if (SetAside(folder, staging) is { } aside) Durable.Discard(aside);
        return !Directory.Exists(folder);
    }

    public void Dispose()
    {
        if (Directory.Exists(Output)) Durable.Discard(Output);
    }

    /// <summary>A next owner may take the folder away between its being found and its being looked at; then it is made once more.</summary>
    private void CreateWork()
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                Directory.CreateDirectory(Work);
                return;
            }
            catch (IOException exception) when (tries < MostTries && FileErrors.IsTaken(exception))
            {
            }
        }
    }

    /// <summary>Moves the output to its place; gives the artifact of another that is there already.</summary>
    private Artifact? Place(Func<Artifact?> present)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        for (var tries = 1; ; tries++)
        {
            if (!fresh && present() is { } others) return others;
            var replaced = SetAside(target, staging);
            try
            {
                Directory.Move(Output, target);
                Durable.FlushFolder(Path.GetDirectoryName(target)!);
                return null;
            }
            catch (IOException exception) when (tries < MostTries && (Directory.Exists(target) || FileErrors.IsTaken(exception)))
            {
                // Another was quicker, by a moment. What it published is looked at like any other.
            }
            finally
            {
                if (replaced is not null) Durable.Discard(replaced);
            }
        }
    }

    private static string? SetAside(string folder, string staging)
    {
        if (!Directory.Exists(folder)) return null;
        Directory.CreateDirectory(staging);
        var aside = Unique(staging, Path.GetFileName(folder).Split('.')[0]);
        return TryMove(folder, aside) ? aside : null;
    }

    /// <summary>Renames a folder; false if another was quicker, or if the system lets nobody rename it while a file in it is open, as Windows does.</summary>
    private static bool TryMove(string folder, string to)
    {
        try
        {
            Directory.Move(folder, to);
            return true;
        }
        catch (IOException exception) when (FileErrors.IsGone(exception) || (Directory.Exists(folder) && StoreException.Explain(exception, folder) is null))
        {
            return false;
        }
    }

    private static string Unique(string parent, string name) => Path.Combine(parent, $"{name}.{Guid.NewGuid():n}");
}
