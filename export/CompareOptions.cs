namespace OnnxPipeline.Export;

/// <summary>When two models count as the same.</summary>
public sealed record CompareOptions
{
    /// <summary>Largest difference allowed between outputs, relative to the output's largest number where that is above 1.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>How many samples of a dataset to run at most.</summary>
    public int Samples { get; init; } = 1000;

    /// <summary>Decides the inputs that are made up where no data is given.</summary>
    public ulong Seed { get; init; } = 1;
}
