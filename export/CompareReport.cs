namespace OnnxPipeline.Export;

/// <summary>What sets two models apart.</summary>
/// <param name="Graph">The differences of their graphs.</param>
/// <param name="Data">What the outputs were compared on.</param>
/// <param name="Outputs">How far their outputs are apart; empty where they cannot be compared.</param>
/// <param name="Problem">Why the outputs cannot be compared; null when they were.</param>
/// <param name="Tolerance">The largest difference allowed.</param>
public sealed record CompareReport(GraphDifference Graph, string Data, IReadOnlyList<OutputDifference> Outputs, string? Problem, double Tolerance)
{
    /// <summary>Whether every output is the same within the tolerance, whatever the graphs are.</summary>
    public bool Same => Problem is null && Outputs.Count > 0 && Outputs.All(o => o.IsWithin(Tolerance));
}

/// <summary>What sets two graphs apart; all lists are empty for equal ones.</summary>
/// <param name="Properties">Opsets, IR version, inputs, outputs and numbers of nodes by operator that differ.</param>
/// <param name="Weights">Constant tensors, by name, that differ.</param>
public sealed record GraphDifference(IReadOnlyList<PropertyDifference> Properties, IReadOnlyList<WeightDifference> Weights);

/// <summary>A property of both models; null where a model lacks it.</summary>
public sealed record PropertyDifference(string Name, string? First, string? Second);

/// <summary>A constant tensor of both models; a type is null where a model lacks it, the difference where the types are not the same.</summary>
public sealed record WeightDifference(string Name, string? First, string? Second, double? MaxAbsDiff);
