using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Store.Remote;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>Brings artifacts of a remote store into the local one.</summary>
internal sealed class ArtifactPuller(ArtifactStore store, RemoteObjects objects, Action<string> waiting)
{
    private readonly RemoteStore _remote = new(objects);

    /// <param name="key">Which artifact.</param>
    /// <param name="hash">The content that is wanted; null for whatever the remote has.</param>
    /// <param name="cancellation">Ends it, and leaves nothing.</param>
    /// <exception cref="RemoteException">The remote cannot be asked.</exception>
    /// <exception cref="StoreException">The local store cannot be written to.</exception>
    public async Task<ArtifactTransfer> PullAsync(ArtifactKey key, string? hash, CancellationToken cancellation)
    {
        if (Here(key, hash) is { } here) return here;
        using var held = store.Claim(key, waiting, cancellation);
        if (Here(key, hash) is { } meanwhile) return meanwhile;
        try
        {
            if (await _remote.FindAsync(key, cancellation) is not { } manifest)
                return new ArtifactTransfer($"{key}", null, TransferState.Missing, Problem: "the remote does not have it; push it from where it was made");
            var stage = manifest.Identity.Stage;
            if (hash is not null && manifest.Hash != hash)
                return new ArtifactTransfer($"{key}", stage, TransferState.Differs, Problem: $"the remote has other content under this key than the run made, of hash {manifest.Hash[..12]}… and not {hash[..Math.Min(12, hash.Length)]}…");
            await _remote.PullAsync(key, manifest, store, held, cancellation);
            return new ArtifactTransfer($"{key}", stage, TransferState.Moved, manifest.Files.Count, manifest.Bytes);
        }
        catch (RemoteException exception) when (exception.Fault == RemoteFault.Damaged)
        {
            return new ArtifactTransfer($"{key}", null, TransferState.Damaged, Problem: $"{exception.Message}; push it again from where it was made, with --force");
        }
    }

    private ArtifactTransfer? Here(ArtifactKey key, string? hash)
    {
        if (store.Find(key).Artifact is not { } artifact) return null;
        var stage = artifact.Manifest.Identity.Stage;
        return hash is null || artifact.Hash == hash
            ? new ArtifactTransfer($"{key}", stage, TransferState.Present)
            : new ArtifactTransfer($"{key}", stage, TransferState.Differs, Problem: $"other content was made here under this key than by the run, of hash {artifact.Hash[..12]}… and not {hash[..Math.Min(12, hash.Length)]}…");
    }
}
