using OnnxPipeline.Training.FineTuning;
using OnnxPipeline.Training.Optimizers;

namespace OnnxPipeline.Training.Bundles;

/// <summary>Which weights of a bundle are trained.</summary>
internal static class TrainedWeights
{
    /// <summary>Patterns of those that are not.</summary>
    /// <exception cref="TrainingException">A pattern matches nothing, what is trained is not float32, or spare classes lie in a layer that is not trained.</exception>
    public static IReadOnlyList<string> Freeze(BundleSource source, BundleOptions options)
    {
        var weights = Trainables.Of(source.Logits.Graph);
        string[] names = [.. weights.Select(w => w.Name)];
        NameGlob.RequireMatches("train", options.Train, names);
        var chosen = names.Where(name => options.Train.Count == 0 || NameGlob.AnyMatches(options.Train, name)).ToHashSet(StringComparer.Ordinal);
        // Without a factor and an offset to train, batch normalisation stays in inference form.
        if (options.BatchNorm == BatchNormTuning.Frozen) chosen.ExceptWith(FineTuning.FineTuning.NormParameters(source.Logits.Graph));
        if (weights.FirstOrDefault(w => chosen.Contains(w.Name) && w.ElementType != ElementType.Float) is { } other)
            throw new TrainingException($"'{other.Name}' is {other.Type}; a bundle trains weights of float32. Make it of the model before it was made smaller.");
        if (source.Head is { } head && !(chosen.Contains(head.Weight) && chosen.Contains(head.Bias)))
            throw new TrainingException($"Spare classes are learnt in the last layer: train '{head.Weight}' and '{head.Bias}' too.");
        return [.. names.Where(name => !chosen.Contains(name)).Select(NameGlob.Escape)];
    }
}
