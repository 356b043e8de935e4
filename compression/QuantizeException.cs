namespace OnnxPipeline.Compression;

/// <summary>A model cannot be quantised; the message says what was expected, what was found and what to do.</summary>
public sealed class QuantizeException(string message, Exception? inner = null) : Exception(message, inner);
