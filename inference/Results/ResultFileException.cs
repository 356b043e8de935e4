namespace OnnxPipeline.Inference.Results;

/// <summary>A file of rows is not what it should be; the message says which, where, what was expected and what to do.</summary>
public sealed class ResultFileException(string message, Exception? inner = null) : Exception(message, inner);
