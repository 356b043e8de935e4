namespace OnnxPipeline.Models.Shapes;

/// <summary>What inference knows of a graph.</summary>
/// <param name="Types">The type of every value, by name.</param>
/// <param name="Integers">The elements of an integer value of at most one axis, by its name; null where they are not all known.</param>
public sealed record InferredGraph(IReadOnlyDictionary<string, TensorType> Types, Func<string, long[]?> Integers);
