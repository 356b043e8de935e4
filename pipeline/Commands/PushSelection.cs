using OnnxPipeline.Pipeline.Orchestration;
using OnnxPipeline.Pipeline.Store;

namespace OnnxPipeline.Pipeline.Commands;

/// <summary>What is to be pushed: runs, and the artifacts of these and others, each once.</summary>
internal sealed record PushSelection(IReadOnlyList<RunRecord> Runs, IReadOnlyList<ArtifactKey> Keys)
{
    /// <param name="names">Runs and keys as they were given; none for the latest run.</param>
    /// <param name="all">Everything that there is.</param>
    /// <param name="store">The local store.</param>
    /// <param name="history">The local runs.</param>
    /// <exception cref="UsageException">There is no such run or artifact.</exception>
    public static PushSelection Of(IReadOnlyList<string> names, bool all, ArtifactStore store, RunHistory history)
    {
        var runs = new List<RunRecord>();
        var keys = new List<ArtifactKey>();
        if (all)
        {
            // A run whose artifacts were collected as garbage is history of this machine alone.
            var present = store.Keys.Select(k => k.ToString()).ToHashSet();
            runs.AddRange(history.Runs.Where(r => r.Status == RunStatus.Finished && r.Stages.All(s => present.Contains(s.Key))));
            keys.AddRange(store.Keys);
        }
        foreach (var name in all || names.Count > 0 ? names : [RunHistory.LatestName])
        {
            if (KeyOf(name, store, history) is { } key) keys.Add(key);
            else runs.Add(history.Find(name));
        }
        return new PushSelection([.. runs.DistinctBy(r => r.Id)], [.. runs.SelectMany(r => r.Stages).Select(s => ArtifactKey.Parse(s.Key)).Concat(keys).Distinct()]);
    }

    /// <summary>The beginning of a key is enough where no run's ID begins so.</summary>
    private static ArtifactKey? KeyOf(string name, ArtifactStore store, RunHistory history)
    {
        if (ArtifactKey.TryParse(name, out var whole)) return whole;
        if (!name.All(char.IsAsciiHexDigitLower) || history.Runs.Any(r => r.Id.StartsWith(name, StringComparison.Ordinal))) return null;
        var fitting = store.Keys.Where(k => k.ToString().StartsWith(name, StringComparison.Ordinal)).ToArray();
        return fitting.Length switch
        {
            0 => null,
            1 => fitting[0],
            _ => throw new UsageException($"'{name}' fits {fitting.Length} artifacts: {string.Join(", ", fitting.Take(10).Select(k => k.Short))}; give more of the key."),
        };
    }
}
