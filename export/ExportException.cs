namespace OnnxPipeline.Export;

/// <summary>A model cannot be exported; the message says what was expected, what was found and what to do.</summary>
public sealed class ExportException(string message, Exception? inner = null) : Exception(message, inner);
