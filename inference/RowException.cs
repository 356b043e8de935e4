namespace OnnxPipeline.Inference;

/// <summary>A row of a table that a model cannot be given; the message says which column, what was found and what was expected.</summary>
public sealed class RowException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Makes one, for readers that leave the type of their errors to who reads.</summary>
    internal static Exception Of(string message, Exception? inner) => new RowException(message, inner);
}
