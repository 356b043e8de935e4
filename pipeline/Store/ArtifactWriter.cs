using System.Text.Json;

namespace OnnxPipeline.Pipeline.Store;

/// <summary>An artifact in the making. Disposed without being published, it leaves nothing but its work folder.</summary>
internal sealed class ArtifactWriter(ArtifactKey key, string target, string output, string work, TimeProvider time) : IDisposable
{
    public ArtifactKey Key { get; } = key;

    /// <summary>The folder to fill; empty at first.</summary>
    public string Output { get; } = output;

    /// <summary>A folder that outlives a kill, until the artifact is published.</summary>
    public string Work { get; } = work;

    internal void Prepare(bool fresh)
    {
        if (Directory.Exists(Output)) Directory.Delete(Output, recursive: true);
        if (fresh && Directory.Exists(Work)) Directory.Delete(Work, recursive: true);
        Directory.CreateDirectory(Output);
        Directory.CreateDirectory(Work);
    }

    /// <summary>Hashes and flushes the output, describes it, and moves it to its place with one rename.</summary>
    internal Artifact Publish(StageIdentity identity, TimeSpan duration)
    {
        var files = FileHasher.FlushAndHash(Output);
        return Publish(new ArtifactManifest
        {
            Identity = identity,
            Created = time.GetUtcNow(),
            Seconds = Math.Round(duration.TotalSeconds, 3),
            Files = files,
            Hash = ArtifactManifest.HashOf(files),
        });
    }

    /// <summary>Moves an output that is on the disk already to its place, under a manifest that fits it.</summary>
    internal Artifact Publish(ArtifactManifest manifest)
    {
        foreach (var folder in Directory.EnumerateDirectories(Output, "*", SearchOption.AllDirectories)) Durable.FlushFolder(folder);
        Durable.WriteAllText(Path.Combine(Output, ArtifactManifest.FileName), JsonSerializer.Serialize(manifest, StoreJson.Default.ArtifactManifest), flush: true);
        var parent = Path.GetDirectoryName(target)!;
        Directory.CreateDirectory(parent);
        var replaced = Directory.Exists(target) ? MoveAside(target, Path.GetDirectoryName(Output)!) : null;
        Directory.Move(Output, target);
        Durable.FlushFolder(parent);
        if (replaced is not null) Directory.Delete(replaced, recursive: true);
        Directory.Delete(Work, recursive: true);
        return new Artifact(Key, target, manifest);
    }

    /// <summary>Takes a folder out of sight with one rename, to be deleted at leisure; the new place.</summary>
    internal static string MoveAside(string folder, string parent)
    {
        var aside = Path.Combine(parent, Path.GetFileName(folder) + ".replaced");
        Directory.CreateDirectory(parent);
        if (Directory.Exists(aside)) Directory.Delete(aside, recursive: true);
        Directory.Move(folder, aside);
        return aside;
    }

    public void Dispose()
    {
        if (Directory.Exists(Output)) Directory.Delete(Output, recursive: true);
    }
}
