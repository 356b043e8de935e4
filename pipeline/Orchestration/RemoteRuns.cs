using System.Text.Json;
using OnnxPipeline.Pipeline.Store;
using OnnxPipeline.Pipeline.Store.Remote;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>Records of runs in a remote store. Without a listing, a run is found by its whole ID, or as the latest.</summary>
internal sealed class RemoteRuns(RemoteObjects objects)
{
    /// <summary>Puts a run's record; its artifacts are there already. A finished run of the recipe's own becomes the latest, unless a later one is.</summary>
    /// <exception cref="RemoteException">It could not be put.</exception>
    public async Task PushAsync(RunRecord run, CancellationToken cancellation)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(run, RunJson.Default.RunRecord);
        await objects.PutAsync(RemoteLayout.Run(run.Id), content, cancellation);
        if (run is not { Status: RunStatus.Finished, Aside: null, Until: null }) return;
        if (Parse(await objects.ReadAsync(RemoteLayout.Latest, cancellation)) is { } latest && latest.Started > run.Started) return;
        await objects.PutAsync(RemoteLayout.Latest, content, cancellation);
    }

    /// <summary>The record of the run with this ID, or of the latest; null if the remote has none.</summary>
    /// <exception cref="RemoteException">It cannot be had, or is no such record.</exception>
    public async Task<RunRecord?> FindAsync(string id, CancellationToken cancellation)
    {
        var path = id == RunHistory.LatestName ? RemoteLayout.Latest : RemoteLayout.Run(id);
        if (await objects.ReadAsync(path, cancellation) is not { } content) return null;
        if (Parse(content) is { } run && (id == RunHistory.LatestName || run.Id == id)) return run;
        throw new RemoteException(RemoteFault.Damaged, $"{objects.Name}/{path} is no record of {(id == RunHistory.LatestName ? "a run" : $"the run '{id}'")}. Push it again from where it was made.");
    }

    private static RunRecord? Parse(byte[]? content)
    {
        try
        {
            return content is not null && JsonSerializer.Deserialize(content, RunJson.Default.RunRecord) is { } run && IsSound(run) ? run : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether what came from elsewhere can be worked with, and names no place outside of where its files belong.</summary>
    private static bool IsSound(RunRecord run) =>
        run is { Id: not null, Recipe: not null, Metrics: not null, Stages: not null }
        && RunHistory.IsId(run.Id)
        && run.Stages.All(s => s is { Name: not null, Hash: not null, Reason: not null, Identity: not null, Shown: not null } && ArtifactKey.TryParse(s.Key, out _) && s.Shown.All(f => f is { Path: not null, As: not null } && RunHistory.IsId(f.As)));
}
