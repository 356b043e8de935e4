namespace OnnxPipeline.Training.Autodiff;

/// <summary>A graph cannot be differentiated; the message names the nodes and what to do.</summary>
public sealed class AutodiffException(string message) : Exception(message)
{
    /// <summary>What stands in the way, node by node.</summary>
    public IReadOnlyList<string> Obstacles { get; init; } = [];
}
