namespace OnnxPipeline.Training.Engines;

/// <summary>A tensor that a device keeps from step to step.</summary>
/// <param name="Input">The graph input that takes it.</param>
/// <param name="Output">The graph output that gives the next; a graph without that output leaves the tensor as it is.</param>
/// <param name="Initial">Its first value.</param>
internal sealed record CarriedTensor(string Input, string Output, Initializer Initial)
{
    /// <summary>The name it is saved by; null where nothing of it outlives a step.</summary>
    public string? StateName { get; init; }

    /// <summary>The weight or running statistic that it is in evaluation and in the exported model; null for none.</summary>
    public string? DeployedAs { get; init; }
}
