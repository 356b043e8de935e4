using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Compression.Pruning;

/// <summary>Which layers the options choose, by the names of nodes and weights.</summary>
internal static class LayerChoice
{
    /// <summary>Whether a layer is to be pruned.</summary>
    public static bool Takes(PruneMethodOptions options, params IReadOnlyList<string> names) =>
        (options.Layers.Count == 0 || names.Any(name => NameGlob.AnyMatches(options.Layers, name))) && !names.Any(name => NameGlob.AnyMatches(options.Exclude, name));

    /// <exception cref="PruneException">A pattern matches no layer: a slip of the pen, which would silently do nothing.</exception>
    public static void RequireMatches(PruneMethodOptions options, IReadOnlyCollection<string> names)
    {
        foreach (var (option, patterns) in new[] { ("layers", options.Layers), ("exclude", options.Exclude) })
        {
            if (patterns.FirstOrDefault(pattern => !names.Any(name => NameGlob.Matches(pattern, name))) is { } unmatched)
                throw new PruneException($"prune.method.{option}: no layer is named like '{unmatched}'. The model has: {string.Join(", ", names)}.");
        }
    }
}
