using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Store.Remote;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>Brings artifacts of the local store to a remote one.</summary>
/// <param name="store">The local store.</param>
/// <param name="objects">The remote.</param>
/// <param name="force">Puts what the remote seems to have, and replaces what differs.</param>
internal sealed class ArtifactPusher(ArtifactStore store, RemoteObjects objects, bool force)
{
    private readonly RemoteStore _remote = new(objects);

    /// <exception cref="RemoteException">The remote cannot be asked or written to.</exception>
    /// <exception cref="StoreException">A file of the artifact is not what it should be.</exception>
    public async Task<ArtifactTransfer> PushAsync(ArtifactKey key, CancellationToken cancellation)
    {
        var (there, isDamaged) = await LookAsync(key, cancellation);
        var lookup = store.Find(key);
        var stage = (lookup.Artifact?.Manifest ?? there ?? store.ReadManifest(key))?.Identity.Stage;
        if (lookup.Artifact is not { } artifact)
        {
            return there is not null ? new ArtifactTransfer($"{key}", stage, TransferState.Present)
                : lookup.Damage is { } damage ? new ArtifactTransfer($"{key}", stage, TransferState.Damaged, Problem: $"{damage}; the next run makes it again")
                : new ArtifactTransfer($"{key}", stage, TransferState.Missing, Problem: "it is neither here nor there any more; the next run makes it again");
        }
        if (there is not null && !force)
        {
            return there.Hash == artifact.Hash
                ? new ArtifactTransfer($"{key}", stage, TransferState.Present)
                : new ArtifactTransfer($"{key}", stage, TransferState.Differs, Problem: $"the remote has other content under this key, of hash {there.Hash[..12]}… and not {artifact.Hash[..12]}…; --force replaces it");
        }
        var moved = await _remote.PushAsync(artifact, anew: force || isDamaged, cancellation);
        return new ArtifactTransfer($"{key}", stage, TransferState.Moved, moved.Files, moved.Bytes);
    }

    private async Task<(ArtifactManifest? Manifest, bool IsDamaged)> LookAsync(ArtifactKey key, CancellationToken cancellation)
    {
        try
        {
            return (await _remote.FindAsync(key, cancellation), false);
        }
        catch (RemoteException exception) when (exception.Fault == RemoteFault.Damaged)
        {
            return (null, true);
        }
    }
}
