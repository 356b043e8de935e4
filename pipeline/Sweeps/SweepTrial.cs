using OnnxPipeline.Pipeline.Recipes.Yaml;

namespace OnnxPipeline.Pipeline.Sweeps;

/// <summary>A combination of values, by parameter, and the trials that run with it, one a seed.</summary>
internal sealed record SweepPoint(IReadOnlyList<YamlValue> Values, IReadOnlyList<SweepTrial> Trials);

/// <summary>A run to be made. Numbers count from 1 in the order of the combinations, and of the seeds in each.</summary>
internal readonly record struct SweepTrial(int Number, ulong Seed);
