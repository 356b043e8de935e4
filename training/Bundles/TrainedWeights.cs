using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.Bundles;

/// <summary>Which weights of a bundle are trained.</summary>
internal static class TrainedWeights
{
    /// <summary>The names that are not, of all that the graph in training's form could train.</summary>
    /// <exception cref="TrainingException">A pattern matches nothing, what is trained is not float32, or spare classes lie in a layer that is not trained.</exception>
    public static IReadOnlyList<string> Freeze(BundleSource source, Model trained, IReadOnlyList<string> patterns)
    {
        var weights = Trainables.Of(source.Logits.Graph);
        string[] names = [.. weights.Select(w => w.Name)];
        NameGlob.RequireMatches("train", patterns, names);
        var chosen = names.Where(name => patterns.Count == 0 || NameGlob.AnyMatches(patterns, name)).ToHashSet(StringComparer.Ordinal);
        if (weights.FirstOrDefault(w => chosen.Contains(w.Name) && w.ElementType != ElementType.Float) is { } other)
            throw new TrainingException($"'{other.Name}' is {other.Type}; a bundle trains weights of float32. Make it of the model before it was made smaller.");
        if (source.Head is { } head && !(chosen.Contains(head.Weight) && chosen.Contains(head.Bias)))
            throw new TrainingException($"Spare classes are learnt in the last layer: train '{head.Weight}' and '{head.Bias}' too.");
        // Running statistics that batch normalisation was written out with look like weights.
        return [.. Trainables.Of(trained.Graph).Select(w => w.Name).Where(name => !chosen.Contains(name))];
    }
}
