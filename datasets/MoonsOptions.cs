namespace OnnxPipeline.Datasets;

/// <summary>Two half-moons in the plane, drawn by the run's seed. Each part is a mixture of populations, so that a model can be tested on other data than it learnt from.</summary>
public sealed record MoonsOptions
{
    /// <summary>The training part.</summary>
    public IReadOnlyList<MoonsPopulation> Train { get; init; } = [new() { Samples = 1000 }];

    /// <summary>The validation part; empty to hold data.validation of the training part out.</summary>
    public IReadOnlyList<MoonsPopulation> Validation { get; init; } = [];

    /// <summary>The test part; empty for 500 samples of the training part's populations.</summary>
    public IReadOnlyList<MoonsPopulation> Test { get; init; } = [];

    /// <summary>Every fault of these options, each a sentence; empty when there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (Train.Count == 0) faults.Add("moons.train is empty; expected one population or more.");
        Check("train", Train);
        Check("validation", Validation);
        Check("test", Test);
        return faults;

        void Check(string part, IReadOnlyList<MoonsPopulation> populations)
        {
            for (var i = 0; i < populations.Count; i++) faults.AddRange(populations[i].Validate($"moons.{part}.{i}"));
            if (populations.Sum(p => (long)p.Samples) > 100_000_000) faults.Add($"moons.{part} has {populations.Sum(p => (long)p.Samples):N0} samples; expected at most 100,000,000.");
        }
    }
}
