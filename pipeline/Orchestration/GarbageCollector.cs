using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>What a collection removed, or would remove.</summary>
internal sealed record GarbageReport(int Artifacts, int Removed, long Bytes);

/// <summary>Removes artifacts that neither a recent run nor anyone of late has used, and what unfinished stages left long ago.</summary>
internal sealed class GarbageCollector(ArtifactStore store, RunHistory history, TimeProvider time)
{
    /// <param name="keepRuns">The last runs of each recipe whose artifacts stay; a sweep's trials do not crowd out the recipe's own runs.</param>
    /// <param name="age">What was made or used within this time stays; it also protects a run that is going on.</param>
    /// <param name="dryRun">Only counts.</param>
    /// <exception cref="StoreException">The store cannot be written to.</exception>
    public GarbageReport Collect(int keepRuns, TimeSpan age, bool dryRun)
    {
        var used = history.Runs.GroupBy(r => (r.Recipe, IsAside: r.Aside is not null)).SelectMany(g => g.Take(keepRuns)).SelectMany(r => r.Stages).Select(s => s.Key).ToHashSet();
        var all = store.Keys.ToArray();
        var unused = all.Where(key => !used.Contains(key.ToString()) && store.LastUsed(key) < time.GetUtcNow() - age).ToArray();
        var (removed, bytes) = (0, 0L);
        foreach (var key in unused)
        {
            var size = store.ReadManifest(key)?.Bytes ?? 0;
            if (!dryRun && !store.Remove(key)) continue;
            removed++;
            bytes += size;
        }
        if (!dryRun)
        {
            store.RemoveLeftovers();
            store.RemoveStaleWork(age);
            store.RemoveStaleClaims(age);
        }
        return new GarbageReport(all.Length, removed, bytes);
    }
}
