namespace OnnxPipeline.Training.Diagnostics;

/// <summary>How a learning-rate range test is made.</summary>
public sealed record LearningRateFinderOptions
{
    /// <summary>The rate of the first step.</summary>
    public double MinRate { get; init; } = 1e-7;

    /// <summary>The rate of the last step, if the loss lets it come so far.</summary>
    public double MaxRate { get; init; } = 10;

    /// <summary>Steps from the first rate to the last.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>What the running mean of the loss keeps of itself each step, in [0, 1).</summary>
    public double Smoothing { get; init; } = 0.8;

    /// <summary>The test ends when the smoothed loss is so many times its lowest.</summary>
    public double Divergence { get; init; } = 4;

    /// <summary>Every fault of these options, each a sentence that says what was expected; empty when there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (!(double.IsFinite(MinRate) && MinRate > 0)) faults.Add($"the lowest rate is {MinRate}; expected a number above 0.");
        if (!(double.IsFinite(MaxRate) && MaxRate > MinRate)) faults.Add($"the highest rate is {MaxRate}; expected a number above the lowest, {MinRate}.");
        if (Steps < 10) faults.Add($"steps is {Steps}; expected at least 10, or there is no curve to read.");
        if (!(Smoothing is >= 0 and < 1)) faults.Add($"smoothing is {Smoothing}; expected a share in [0, 1).");
        if (!(Divergence > 1)) faults.Add($"divergence is {Divergence}; expected a factor above 1.");
        return faults;
    }
}
