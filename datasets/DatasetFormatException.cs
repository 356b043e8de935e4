namespace OnnxPipeline.Datasets;

/// <summary>A data file or a dataset artifact is not what it should be; the message says which, where, what was expected and what was found.</summary>
public sealed class DatasetFormatException(string message, Exception? inner = null) : Exception(message, inner);
