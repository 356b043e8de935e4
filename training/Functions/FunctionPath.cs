namespace OnnxPipeline.Training.Functions;

/// <summary>The way to a minimum: the start, then where each step led.</summary>
/// <param name="Variables">The names of a point's numbers.</param>
/// <param name="Points">One more than there were steps.</param>
public sealed record FunctionPath(IReadOnlyList<string> Variables, IReadOnlyList<FunctionPoint> Points);

/// <summary>A point on the way.</summary>
/// <param name="At">A number for each variable.</param>
/// <param name="Value">The function's value there.</param>
/// <param name="GradientNorm">The Euclidean norm of its gradient there.</param>
public sealed record FunctionPoint(IReadOnlyList<float> At, float Value, double GradientNorm);
