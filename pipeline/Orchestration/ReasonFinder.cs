using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>
/// Finds out why an artifact is not there to be used. A changed stage is compared with what this recipe's last run used;
/// failing that, with the most similar artifact of the same stage in the store.
/// </summary>
internal sealed class ReasonFinder(ArtifactStore store, RunHistory history, string? recipe)
{
    /// <summary>Listed once a run: a sweep of many thousand trials makes the folder long.</summary>
    private readonly Lazy<IReadOnlyList<string>> _runs = new(() => recipe is null ? [] : history.IdsOf(recipe));

    public StageReason Find(StageIdentity identity, ArtifactKey key, Lookup lookup)
    {
        if (lookup.Damage is { } damage) return new StageReason(ReasonKind.Damaged, $"the artifact is damaged: {damage}");
        if (recipe is not null && history.LastStage(_runs.Value, recipe, identity.Stage) is { } last)
        {
            return last.Key == key.ToString()
                ? new StageReason(ReasonKind.Missing, "the artifact of the last run is gone from the store")
                : StageReason.Changed(IdentityDifference.Between(last.Identity, identity));
        }
        return Closest(identity) is var (differences, closest)
            ? StageReason.Unlike(differences, closest.Short)
            : new StageReason(ReasonKind.FirstTime, "first time");
    }

    private (IReadOnlyList<string> Differences, ArtifactKey Key)? Closest(StageIdentity identity) =>
        store.Keys
            .Select(key => (Key: key, Manifest: store.ReadManifest(key)))
            .Where(a => a.Manifest?.Identity.Stage == identity.Stage)
            .Select(a => (Differences: IdentityDifference.Between(a.Manifest!.Identity, identity), a.Key, a.Manifest.Created))
            .OrderBy(a => a.Differences.Count)
            .ThenByDescending(a => a.Created)
            .Select(a => ((IReadOnlyList<string>, ArtifactKey)?)(a.Differences, a.Key))
            .FirstOrDefault();
}
