namespace OnnxPipeline.Compression;

/// <summary>A student cannot learn from a teacher; the message says what was expected, what was found and what to do.</summary>
public sealed class DistillException(string message, Exception? inner = null) : Exception(message, inner);
