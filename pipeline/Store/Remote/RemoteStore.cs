using System.Text.Json;
using OnnxPipeline.Pipeline.Store.Claims;

namespace OnnxPipeline.Pipeline.Store.Remote;

/// <summary>What was moved for an artifact.</summary>
/// <param name="Files">Files that went or came; those that were there already are not counted.</param>
/// <param name="Bytes">Their bytes.</param>
internal readonly record struct Transfer(int Files, long Bytes);

/// <summary>Artifacts in a remote store. Several machines may put the same at once: contents go by their hash, so whichever manifest is last is right.</summary>
internal sealed class RemoteStore(RemoteObjects objects)
{
    /// <summary>What the remote says of an artifact; null where it has none of this key.</summary>
    /// <exception cref="RemoteException">It cannot be asked, or what it has is no manifest of this key.</exception>
    public async Task<ArtifactManifest?> FindAsync(ArtifactKey key, CancellationToken cancellation)
    {
        var path = RemoteLayout.Manifest(key);
        if (await objects.ReadAsync(path, cancellation) is not { } content) return null;
        return Read(content, key, out var fault) ?? throw Damaged(path, fault!);
    }

    /// <summary>Puts what the remote lacks of an artifact, its manifest last.</summary>
    /// <param name="artifact">The artifact.</param>
    /// <param name="anew">Puts everything, whatever seems to be there, to make good what is damaged.</param>
    /// <param name="cancellation">Ends it; what has been put stays, unseen.</param>
    /// <exception cref="RemoteException">It could not be put.</exception>
    /// <exception cref="StoreException">A file of the artifact is not what it should be.</exception>
    public async Task<Transfer> PushAsync(Artifact artifact, bool anew, CancellationToken cancellation)
    {
        var (files, bytes) = (0, 0L);
        await EachAsync(artifact.Manifest.Files.DistinctBy(f => f.Sha256), async (file, token) =>
        {
            var path = RemoteLayout.Blob(file.Sha256);
            if (!anew && await objects.HasAsync(path, file.Size, token)) return;
            await objects.UploadAsync(path, Path.Combine(artifact.Folder, file.Path), file.Size, file.Sha256, token);
            Interlocked.Increment(ref files);
            Interlocked.Add(ref bytes, file.Size);
        }, cancellation);
        await objects.PutAsync(RemoteLayout.Manifest(artifact.Key), JsonSerializer.SerializeToUtf8Bytes(artifact.Manifest, StoreJson.Default.ArtifactManifest), cancellation);
        return new Transfer(files, bytes);
    }

    /// <summary>Brings an artifact into a store and publishes it there.</summary>
    /// <param name="key">Which artifact.</param>
    /// <param name="manifest">What the remote says of it.</param>
    /// <param name="store">The local store.</param>
    /// <param name="held">The right to make it there.</param>
    /// <param name="cancellation">Ends it, and leaves nothing.</param>
    /// <exception cref="RemoteException">It could not be had whole and right; the store is as it was.</exception>
    /// <exception cref="StoreException">The store cannot be written to.</exception>
    public async Task<Artifact> PullAsync(ArtifactKey key, ArtifactManifest manifest, ArtifactStore store, Claim held, CancellationToken cancellation)
    {
        using var writer = store.Begin(key, held: held);
        await EachAsync(manifest.Files, async (file, token) =>
        {
            var path = RemoteLayout.Blob(file.Sha256);
            if (!await objects.DownloadAsync(path, Path.Combine(writer.Output, file.Path), file.Size, file.Sha256, token))
                throw Damaged(path, $"is not there, although the manifest of {key.Short} names it for '{file.Path}'");
        }, cancellation);
        return store.Publish(writer, manifest);
    }

    /// <summary>A few at once. One failure ends the rest, and is the one that is told.</summary>
    private Task EachAsync(IEnumerable<ArtifactFile> files, Func<ArtifactFile, CancellationToken, ValueTask> move, CancellationToken cancellation) =>
        System.Threading.Tasks.Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = objects.Parallel, CancellationToken = cancellation }, move);

    private static ArtifactManifest? Read(byte[] content, ArtifactKey key, out string? fault)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(content, StoreJson.Default.ArtifactManifest);
            fault = manifest is null ? "is empty" : ManifestCheck.Fault(manifest, key);
            return fault is null ? manifest : null;
        }
        catch (JsonException exception)
        {
            fault = $"is no manifest: {exception.Message}";
            return null;
        }
    }

    private RemoteException Damaged(string path, string what) => new(RemoteFault.Damaged, $"{objects.Name}/{path} {what}");
}
