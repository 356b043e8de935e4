namespace OnnxPipeline.Datasets;

/// <summary>A data file or a dataset artifact is not what it should be; the message says which, where, what was expected and what was found.</summary>
public sealed class DatasetFormatException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Makes one, for readers that leave the type of their errors to who reads.</summary>
    internal static Exception Of(string message, Exception? inner) => new DatasetFormatException(message, inner);
}
