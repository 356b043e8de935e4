namespace OnnxPipeline.Training.Functions;

/// <summary>An expression cannot be read; the message says at which column, what was expected and what was found.</summary>
public sealed class ExpressionException(int column, string message) : Exception($"column {column}: {message}")
{
    /// <summary>Counted from 1.</summary>
    public int Column => column;
}
