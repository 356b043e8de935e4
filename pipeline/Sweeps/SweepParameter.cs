using OnnxPipeline.Pipeline.Recipes.Yaml;

namespace OnnxPipeline.Pipeline.Sweeps;

/// <summary>An option of the recipe, by path, and the values a sweep gives it: a list, or a range to draw from.</summary>
/// <param name="Path">For example "train.optimizer.learningRate".</param>
/// <param name="Where">Where it was given.</param>
/// <param name="Values">The listed values; none where there is a range.</param>
/// <param name="Range">The range; null where values are listed.</param>
internal sealed record SweepParameter(string Path, string Where, IReadOnlyList<YamlValue> Values, ValueRange? Range = null)
{
    /// <summary>Whether trials differ in it. A single value is just another setting.</summary>
    public bool Varies => Range is not null || Values.Count > 1;

    /// <summary>The value that a number uniform in [0, 1) stands for.</summary>
    public YamlValue At(double share) => Range is { } range ? new YamlScalar(Where, range.At(share), Plain: true) : Values[(int)(share * Values.Count)];
}
